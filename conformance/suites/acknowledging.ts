import { describe, expect, it } from "vitest";
import { itUnless } from "./it-unless.ts";
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

    itUnless(
      pair.server === "python-socketio" &&
        "the python server of these suites has no such promise to wait for",
      "answers the server's promise",
      async () => {
        const client = await stage.connect();
        expect(await client.ask("promise-me", "kept")).toEqual(["kept"]);
      },
    );

    itUnless(
      !clientTraits.hasPromises && "the client has no promises of answers",
      "resolves a promise with the first argument",
      async () => {
        const client = await stage.connect();
        expect(await client.askWithin(10_000, "ask", "first", "second")).toBe("first");
      },
    );

    itUnless(
      !clientTraits.hasPromises && "the client has no promises of answers",
      "rejects a promise when the server does not answer in time",
      async () => {
        const client = await stage.connect();
        await expect(client.askWithin(50, "hold")).rejects.toThrow(/timed out|TimeoutError/);
        expect(await client.ask("ask", "after")).toEqual(["after"]);
      },
    );

    itUnless(
      !serverTraits.hasBroadcastAcks && "the server has no acknowledged broadcasts",
      "answers a broadcast, as does every other receiver",
      async () => {
        const namespace = "/orders";
        const clients = [await stage.connect({ namespace }), await stage.connect({ namespace })];
        expect(await clients[0]?.ask("survey", "vote")).toEqual([["vote", "vote"]]);
      },
    );
  });
}
