import { describe, expect, it } from "vitest";
import { MANY } from "../peers/vocabulary.ts";
import { itUnless } from "./it-unless.ts";
import { knownFault } from "./known-faults.ts";
import type { Stage } from "./stage.ts";

/** Connecting, being refused, namespaces and leaving. */
export function connecting(stage: Stage): void {
  const { clientTraits, serverTraits, pair } = stage;

  describe("connecting", () => {
    it("connects over the transport of its mode", async () => {
      const client = await stage.connect();
      expect(await client.transport()).toBe(pair.mode === "polling" ? "polling" : "websocket");
      expect(await client.ask("ask", "hello")).toEqual(["hello"]);
    });

    it("is told why a namespace refuses it, and its other connections live on", async () => {
      const refused = await stage.start({ namespace: "/vault", auth: { token: "wrong" } });
      const [refusal] = await refused.inbox.next("connect_error");
      // SIO §29, §33: clients of Engine.IO 3 get the data alone.
      if (clientTraits.refusal === "data") expect(refusal).toMatchObject({ data: { retry: false } });
      else expect(refusal).toMatchObject({ message: "token expired", data: { retry: false } });
    });

    it("is admitted with the right credentials", async () => {
      const client = await stage.connect({ namespace: "/vault", auth: { token: "open" } });
      expect(await client.ask("ask", 1)).toEqual([1]);
    });

    it("is told that a namespace does not exist", async () => {
      const client = await stage.start({ namespace: "/nowhere" });
      const [refusal] = await client.inbox.next("connect_error");
      if (pair.server === "python-socketio") expect(refusal).toBeDefined();
      else if (clientTraits.refusal === "data")
        expect(refusal).toMatchObject({ data: { message: "Invalid namespace" } });
      else expect(refusal).toMatchObject({ message: "Invalid namespace" });
    });

    it("talks in a namespace of its own", async () => {
      const [client, other] = [await stage.connect({ namespace: "/orders" }), await stage.connect()];
      client.emit("publish", {}, "for orders");
      expect(await client.inbox.next("news")).toEqual(["for orders"]);
      await other.ask("ask");
      expect(other.inbox.pending("news")).toEqual([]);
    });

    itUnless(
      !clientTraits.multiplexes && "the adapter of this client opens a connection for each namespace",
      "carries several namespaces over one connection",
      async () => {
        const main = await stage.connect();
        const orders = main.namespace("/orders");
        const vault = main.namespace("/vault", { token: "wrong" });
        await orders.inbox.next("connect");
        await vault.inbox.next("connect_error");
        expect(await Promise.all([main.ask("ask", "main"), orders.ask("ask", "orders")])).toEqual([
          ["main"],
          ["orders"],
        ]);
        orders.emit("leave-me");
        const [reason] = await orders.inbox.next("disconnect");
        expect(reason).toBe("io server disconnect");
        expect(await main.ask("ask", "still here")).toEqual(["still here"]);
      },
    );

    itUnless(
      !serverTraits.hasDynamicNamespaces && "the server has no patterns of namespaces",
      "joins a namespace that matches a pattern",
      async () => {
        const client = await stage.connect({ namespace: "/room-101" });
        expect(await client.ask("ask", "in")).toEqual(["in"]);
      },
    );

    it("learns that the server disconnected it", async () => {
      const client = await stage.connect();
      client.emit("leave-me");
      const [reason] = await client.inbox.next("disconnect");
      if (clientTraits.tellsReason) expect(reason).toBe("io server disconnect");
    });

    it("leaves, and the server learns that it did", async () => {
      const [client, observer] = [await stage.connect(), await stage.connect()];
      const [who] = await client.ask("who");
      client.disconnect();
      const [reason] = await observer.ask("departed", idOf(who));
      // python-socketio may end its connections before its farewell has been taken.
      const abrupt = pair.client === "python-socketio" ? ["transport close", "transport error"] : [];
      expect(["client namespace disconnect", "gone", ...abrupt]).toContain(reason);
    });
  });
}

/** Order over thousands of events, in each direction. */
export function ordering(stage: Stage): void {
  describe("ordering", () => {
    it(`delivers ${MANY} events to the server in order`, async () => {
      const client = await stage.connect();
      const atOnce = knownFault(stage.pair, "large body") === undefined ? MANY : 1_000;
      for (let n = 0; n < MANY; n += 1) {
        if (n > 0 && n % atOnce === 0) await client.ask("counted");
        client.emit("count", n);
      }
      expect(await client.ask("counted")).toEqual([MANY, true]);
    });

    it(`delivers ${MANY} events to the client in order`, async () => {
      const client = await stage.connect();
      client.emit("burst", MANY);
      const ticks = await client.inbox.take("tick", MANY);
      expect(ticks.findIndex(([n], at) => n !== at)).toBe(-1);
    });
  });
}

function idOf(who: unknown): unknown {
  if (typeof who !== "object" || who === null || !("id" in who))
    throw new Error("the server did not say who");
  return who.id;
}
