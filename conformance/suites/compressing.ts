import { describe, expect, it } from "vitest";
import { type Pair, setStage } from "./stage.ts";

// Around the threshold of 1,024 bytes and far above it.
const LENGTHS = [0, 1, 1_000, 1_024, 5_000, 200_000];

/** Events over a WebSocket that compresses its messages (EIO §19.2), where the client offers it. */
export function compressing(pair: Pair): void {
  describe("compressing", () => {
    const stage = setStage(pair, { perMessageDeflate: true });

    it("carries text and binary of every size, repetitive or not", async () => {
      const client = await stage.connect();
      for (const length of LENGTHS) {
        const event = ["ab".repeat(length / 2), Buffer.alloc(length, 7), scrambled(length)];
        client.emit("echo", ...event);
        expect(await client.inbox.next("echo")).toEqual(event);
      }
    });

    it("keeps order among compressed and plain messages, also when broadcast", async () => {
      const [first, second] = [await stage.connect(), await stage.connect()];
      for (let n = 0; n < 200; n += 1) first.emit("publish", {}, n, "x".repeat((n % 3) * 2_000));
      for (const client of [first, second]) {
        const news = await client.inbox.take("news", 200);
        expect(news.every(([n, text], at) => n === at && text === "x".repeat((at % 3) * 2_000))).toBe(true);
      }
    });
  });
}

function scrambled(length: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state & 0xff;
    }),
  );
}
