import { describe, expect, it } from "vitest";
import { decodeEvent, keep } from "./kept-packets.ts";
import { builtInParser, wrapParser } from "./parser.ts";

function encode(...data: unknown[]) {
  return builtInParser.encode({ type: 2, nsp: "/n", data }, true);
}

describe("a kept packet", () => {
  it("stays as it was when the program fills its buffer anew", () => {
    const buffer = Uint8Array.of(1, 2, 3);
    const { encoded } = keep(encode("blob", buffer));
    buffer.fill(9);
    expect(encoded[1]?.data).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("is the very packet that was encoded when there is no binary in it", () => {
    const encoded = encode("text");
    expect(keep(encoded).encoded).toBe(encoded);
  });

  it("counts the bytes of its messages on the wire", () => {
    expect(keep(encode("ä")).byteLength).toBe('42/n,["ä"]'.length + 1);
    const text = '451-/n,["b",{"_placeholder":true,"num":0}]';
    expect(keep(encode("b", Uint8Array.of(1, 2))).byteLength).toBe(text.length + 2);
  });

  it("can be read again, binary and all", () => {
    expect(decodeEvent(builtInParser, encode("blob", Uint8Array.of(1), { a: [true] }))).toEqual([
      "blob",
      Uint8Array.of(1),
      { a: [true] },
    ]);
    expect(decodeEvent(builtInParser, [])).toEqual([]);
  });

  it("can be read again by a codec of the program's own", () => {
    const parser = wrapParser({
      Encoder: class {
        encode(packet: unknown) {
          return [JSON.stringify(packet)];
        }
      },
      Decoder: class {
        #listener: ((packet: never) => void) | undefined;
        on(_event: string, listener: (packet: never) => void) {
          this.#listener = listener;
        }
        add(chunk: unknown) {
          this.#listener?.(JSON.parse(String(chunk)) as never);
        }
        destroy() {}
      },
    });
    expect(decodeEvent(parser, parser.encode({ type: 2, nsp: "/", data: ["x", 1] }, true))).toEqual(["x", 1]);
  });
});
