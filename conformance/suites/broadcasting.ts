import { describe, expect, it } from "vitest";
import type { ClientPeer } from "../peers/client-peer.ts";
import { itUnless } from "./it-unless.ts";
import type { Stage } from "./stage.ts";

/** Who receives a broadcast, and who does not. */
export function broadcasting(stage: Stage): void {
  const { serverTraits, pair } = stage;

  describe("broadcasting", () => {
    it("reaches everyone", async () => {
      const trio = await connectTrio(stage);
      trio[0].emit("publish", {}, "all", Buffer.from([1, 2]));
      for (const client of trio)
        expect(await client.inbox.next("news")).toEqual(["all", Buffer.from([1, 2])]);
    });

    it("reaches everyone but the sender", async () => {
      const trio = await connectTrio(stage);
      trio[0].emit("publish", { others: true }, "others");
      trio[0].emit("publish", {}, "end");
      expect(await trio[0].inbox.next("news")).toEqual(["end"]);
      for (const client of trio.slice(1)) {
        expect(await client.inbox.take("news", 2)).toEqual([["others"], ["end"]]);
      }
    });

    it("reaches a room, and nobody who has left it", async () => {
      const [first, second, third] = await connectTrio(stage);
      await Promise.all([first.ask("join", "red"), second.ask("join", "red"), third.ask("join", "red")]);
      await third.ask("leave", "red");
      first.emit("publish", { to: "red" }, "red only");
      first.emit("publish", {}, "end");
      expect(await first.inbox.take("news", 2)).toEqual([["red only"], ["end"]]);
      expect(await second.inbox.take("news", 2)).toEqual([["red only"], ["end"]]);
      expect(await third.inbox.next("news")).toEqual(["end"]);
    });

    it("reaches all but a room", async () => {
      const [first, second, third] = await connectTrio(stage);
      await second.ask("join", "blue");
      first.emit("publish", { except: "blue" }, "not blue");
      first.emit("publish", {}, "end");
      expect(await first.inbox.take("news", 2)).toEqual([["not blue"], ["end"]]);
      expect(await second.inbox.next("news")).toEqual(["end"]);
      expect(await third.inbox.take("news", 2)).toEqual([["not blue"], ["end"]]);
    });

    itUnless(
      pair.server === "python-socketio" && "python-socketio broadcasts to one room at a time",
      "reaches whoever is in several of the rooms once",
      async () => {
        const [first, second, third] = await connectTrio(stage);
        await Promise.all([first.ask("join", "a"), first.ask("join", "b"), second.ask("join", "b")]);
        third.emit("publish", { to: ["a", "b"] }, "once");
        third.emit("publish", {}, "end");
        expect(await first.inbox.take("news", 2)).toEqual([["once"], ["end"]]);
        expect(await second.inbox.take("news", 2)).toEqual([["once"], ["end"]]);
        expect(await third.inbox.next("news")).toEqual(["end"]);
      },
    );

    itUnless(
      !serverTraits.hasVolatile && "the server has no volatile events",
      "drops volatile events that the transport cannot take at once",
      async () => {
        const client = await stage.connect();
        client.emit("publish-volatile", 5);
        const received: unknown[] = [];
        while (received.at(-1) !== "end") received.push(...(await client.inbox.next("news")));
        // SIO §30: of several in a row only the first finds the transport writable; on polling only while a poll waits.
        if (pair.mode === "polling") expect([["end"], [0, "end"]]).toContainEqual(received);
        else expect(received).toEqual([0, "end"]);
      },
    );
  });
}

async function connectTrio(stage: Stage): Promise<[ClientPeer, ClientPeer, ClientPeer]> {
  return Promise.all([stage.connect(), stage.connect(), stage.connect()]);
}
