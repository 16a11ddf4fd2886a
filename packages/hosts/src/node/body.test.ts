import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { readBody } from "./body.ts";

function read(limitBytes: number, pieces: Buffer[], isRead = false): Promise<Buffer | "too large"> {
  const req = new IncomingMessage(new Socket());
  return new Promise((resolve) => {
    const begin = () =>
      readBody(req, limitBytes, {
        onBody: (body) => resolve(Buffer.from(body)),
        onTooLarge: () => resolve("too large"),
      });
    if (!isRead) begin();
    else req.on("end", () => setImmediate(begin)).resume();
    for (const piece of pieces) req.push(piece);
    req.push(null);
  });
}

describe("readBody", () => {
  it("gives the bytes of any pieces, in order", async () => {
    expect(await read(100, [])).toEqual(Buffer.alloc(0));
    expect(await read(100, [Buffer.from("one")])).toEqual(Buffer.from("one"));
    const whole = Buffer.from(Array.from({ length: 20_000 }, (_, at) => at & 255));
    const pieces = Array.from({ length: 20_000 }, (_, at) => whole.subarray(at, at + 1));
    expect(await read(20_000, pieces)).toEqual(whole);
    expect(await read(20_000, [whole.subarray(0, 5), whole.subarray(5, 9000), whole.subarray(9000)])).toEqual(
      whole,
    );
  });

  it("allows the limit and not a byte more (EIO §9.4)", async () => {
    expect(await read(6, [Buffer.from("abc"), Buffer.from("def")])).toEqual(Buffer.from("abcdef"));
    expect(await read(5, [Buffer.from("abc"), Buffer.from("def")])).toBe("too large");
    expect(await read(0, [Buffer.from("a")])).toBe("too large");
  });

  it("takes a body that somebody else has read for an empty one", async () => {
    expect(await read(10, [Buffer.from("abc")], true)).toEqual(Buffer.alloc(0));
  });
});
