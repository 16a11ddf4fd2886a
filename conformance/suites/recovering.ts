import { afterEach, describe, expect, it } from "vitest";
import { type FrozenProxy, startProxy } from "../wire/frozen-proxy.ts";
import { type Pair, setStage } from "./stage.ts";

/** Connection state recovery (SIO §32, §60). */
export function recovering(pair: Pair): void {
  describe("recovering", () => {
    const stage = setStage(pair, {
      connectionStateRecovery: { maxDisconnectionDuration: 60_000 },
      pingInterval: 500,
      pingTimeout: 500,
    });
    let proxy: FrozenProxy | undefined;
    afterEach(() => proxy?.close());

    it("gets its id, its rooms and what it missed back after a short loss", async () => {
      proxy = await startProxy(stage.server.url);
      const observer = await stage.connect();
      const client = await stage.connect({ url: proxy.url, reconnection: true });
      const [before] = await client.ask("who");
      await client.ask("join", "readers");
      observer.emit("publish", { to: "readers" }, "one");
      expect((await client.inbox.next("news"))[0]).toBe("one");
      proxy.sever();
      await client.inbox.next("disconnect");
      // Between two polls the server learns of the loss by the heartbeat alone.
      await observer.ask("departed", idOf(before));
      observer.emit("publish", { to: "readers" }, "two", Buffer.from([1]));
      observer.emit("publish", { to: "writers" }, "not for it");
      observer.emit("publish", {}, "three");
      await observer.ask("ask");
      proxy.thaw();
      await client.inbox.next("connect");
      const missed = await client.inbox.take("news", 2);
      expect(missed.map((args) => (showsOffsets(pair) ? args.slice(0, -1) : args))).toEqual([
        ["two", Buffer.from([1])],
        ["three"],
      ]);
      const [after] = await client.ask("who");
      expect(after).toMatchObject({
        id: idOf(before),
        recovered: true,
        rooms: expect.arrayContaining(["readers"]),
      });
    });
  });
}

/** Our client takes offsets off the events of our server; others show them to the listeners. */
function showsOffsets({ server, client }: Pair): boolean {
  return !(server.startsWith("tautline") && client.endsWith("tautline"));
}

function idOf(who: unknown): unknown {
  return typeof who === "object" && who !== null && "id" in who ? who.id : undefined;
}
