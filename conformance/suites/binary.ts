import { describe, expect, it } from "vitest";
import { itUnless } from "./it-unless.ts";
import { knownFault } from "./known-faults.ts";
import type { Stage } from "./stage.ts";

// Both sides of every length encoding of a WebSocket frame, and one above every default buffer.
const SIZES = [0, 1, 125, 126, 65_535, 65_536, 2_000_000];

/** Binary of every size, alone and within other values. The server must take messages of 4 MB. */
export function binary(stage: Stage): void {
  describe("binary", () => {
    for (const size of SIZES) {
      itUnless(
        size === 2_000_000 && knownFault(stage.pair, "large body"),
        `carries ${size} bytes there and back`,
        async () => {
          const client = await stage.connect();
          const bytes = patterned(size);
          client.emit("echo", bytes);
          const [echoed] = await client.inbox.next("echo");
          expect(Buffer.isBuffer(echoed) && echoed.equals(bytes)).toBe(true);
        },
      );
    }

    it("carries binary within objects and arrays, beside text", async () => {
      const client = await stage.connect();
      const value = {
        name: "naïve ☕ 😀",
        parts: [patterned(3), { deep: [patterned(200)] }],
        none: null,
        n: 1.5,
      };
      client.emit("echo", value, [patterned(1), "text"]);
      expect(await client.inbox.next("echo")).toEqual([value, [patterned(1), "text"]]);
    });

    it("carries up to ten attachments in one event", async () => {
      const client = await stage.connect();
      const parts = Array.from({ length: 10 }, (_, n) => patterned(n));
      client.emit("echo", parts);
      expect(await client.inbox.next("echo")).toEqual([parts]);
    });

    it("keeps binary and text events in order", async () => {
      const client = await stage.connect();
      for (let n = 0; n < 100; n += 1) client.emit("echo", n % 3 === 0 ? patterned(n) : n);
      const echoes = await client.inbox.take("echo", 100);
      expect(echoes.map(([value]) => value)).toEqual(
        Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? patterned(n) : n)),
      );
    });
  });
}

function patterned(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + 7) & 0xff;
  return bytes;
}
