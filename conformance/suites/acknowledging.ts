import { describe, expect, it } from "vitest";
import type { Stage } from "./stage.ts";

/** Acknowledgements in both directions, with binary, with timeouts and as promises. */
export function acknowledging(stage: Stage): void {
  const { clientTraits, serverTraits, pair } = stage;

  describe("acknowledging", () => {
    it("gets every argument of the server's answer, none included", async () => {
      const client = await stage.connect();
      expect(await client.ask("ask", 1, "two", { three: [3] })).toEqual([1, "two", { three: [3] }]);
      expect(await client.ask("ask")).toEqual([]);
    });

    it("gets binary in an answer", async () => {
      const client = await stage.connect();
      const bytes = Buffer.from("cafe00", "hex");
      expect(await client.ask("ask", { bytes })).toEqual([{ bytes }]);
    });

    it("matches a thousand answers to their questions", async () => {
      const client = await stage.connect();
      const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => client.ask("ask", n)));
      expect(answers.every(([value], n) => value === n)).toBe(true);
    });

    it("answers the server", async () => {
      const client = await stage.connect();
      expect(await client.ask("question-me", "why", { because: true })).toEqual(["why", { because: true }]);
    });

    it("answers the server with binary", async () => {
      const client = await stage.connect();
      const bytes = Buffer.from([0, 1, 2, 255]);
      expect(await client.ask("question-me", bytes)).toEqual([bytes]);
    });

    it("lets the server's question time out when it does not answer", async () => {
      const client = await stage.connect();
      expect(await client.ask("riddle-me")).toEqual(["operation has timed out"]);
    });

    it.runIf(pair.server !== "python-socketio")("answers the server's promise", async () => {
      const client = await stage.connect();
      expect(await client.ask("promise-me", "kept")).toEqual(["kept"]);
    });

    it.runIf(clientTraits.hasPromises)("resolves a promise with the first argument", async () => {
      const client = await stage.connect();
      expect(await client.askWithin(10_000, "ask", "first", "second")).toBe("first");
    });

    it.runIf(clientTraits.hasPromises)(
      "rejects a promise when the server does not answer in time",
      async () => {
        const client = await stage.connect();
        await expect(client.askWithin(50, "hold")).rejects.toThrow(/timed out|TimeoutError/);
        expect(await client.ask("ask", "after")).toEqual(["after"]);
      },
    );

    it.runIf(serverTraits.hasBroadcastAcks)("answers a broadcast, as does every other receiver", async () => {
      const namespace = "/orders";
      const clients = [await stage.connect({ namespace }), await stage.connect({ namespace })];
      expect(await clients[0]?.ask("survey", "vote")).toEqual([["vote", "vote"]]);
    });
  });
}
