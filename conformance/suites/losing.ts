import { afterEach, describe, expect, it } from "vitest";
import { pause } from "../wire/deadline.ts";
import { type FrozenProxy, startProxy } from "../wire/frozen-proxy.ts";
import { itUnless } from "./it-unless.ts";
import { knownFault } from "./known-faults.ts";
import { type Pair, setStage } from "./stage.ts";

const INTERVAL_MS = 500;

/** Connections that break without a word, and servers that go and come back. */
export function losing(pair: Pair): void {
  describe("losing the connection", () => {
    const stage = setStage(pair, { pingInterval: INTERVAL_MS, pingTimeout: INTERVAL_MS });
    let proxy: FrozenProxy | undefined;
    afterEach(() => proxy?.close());

    it("finds a half-open connection by the heartbeat, on both sides", async () => {
      proxy = await startProxy(stage.server.url);
      const observer = await stage.connect();
      const client = await stage.connect({ url: proxy.url });
      const [who] = await client.ask("who");
      const id = typeof who === "object" && who !== null && "id" in who ? who.id : undefined;
      // EIO §12.2: after an upgrade a session of revision 3 is watched from its first ping on.
      if (stage.clientTraits.revision === 3) await pause(2 * INTERVAL_MS);
      proxy.freeze();
      const [reason] = await client.inbox.next("disconnect");
      if (stage.clientTraits.tellsReason) expect(reason).toBe("ping timeout");
      if (knownFault(pair, "half-open") !== undefined) return;
      expect(["ping timeout", "gone"]).toContain((await observer.ask("departed", id))[0]);
    });

    it("stays connected over many heartbeats", async () => {
      const client = await stage.connect();
      for (let beats = 0; beats < 2; beats += 1) {
        await pause(INTERVAL_MS);
        expect(await client.ask("ask", beats)).toEqual([beats]);
      }
      expect(client.inbox.pending("disconnect")).toEqual([]);
    });

    it("reconnects after the network was cut", async () => {
      proxy = await startProxy(stage.server.url);
      const client = await stage.connect({ url: proxy.url, reconnection: true });
      for (let cuts = 0; cuts < 3; cuts += 1) {
        // Between two polls there is nothing to cut.
        while (client.inbox.pending("disconnect").length === 0) {
          proxy.cut();
          await pause(20);
        }
        await client.inbox.next("disconnect");
        await client.inbox.next("connect");
        expect(await client.ask("ask", cuts)).toEqual([cuts]);
      }
    });

    itUnless(
      knownFault(pair, "restart"),
      "reconnects to a restarted server and sends what was emitted meanwhile",
      async () => {
        const client = await stage.connect({ reconnection: true });
        const { port } = stage.server;
        await stage.server.close();
        await client.inbox.next("disconnect");
        if (stage.clientTraits.buffersOffline) for (let n = 0; n < 10; n += 1) client.emit("count", n);
        await stage.open({ port });
        await client.inbox.next("connect");
        expect(await client.ask("counted")).toEqual([stage.clientTraits.buffersOffline ? 10 : 0, true]);
      },
    );
  });
}
