import { PacketType, type SocketPacket } from "@tautline/protocol/socket-packet";
import { describe, expect, it } from "vitest";
import { builtInParser, type CustomDecoder, wrapParser } from "./parser.ts";

const event: SocketPacket = { type: PacketType.EVENT, nsp: "/", data: ["x", 1] };

class JsonEncoder {
  encode(packet: SocketPacket): string[] {
    return [JSON.stringify(packet)];
  }
}

class JsonDecoder implements CustomDecoder {
  #onDecoded: (packet: SocketPacket) => void = () => {};
  isDestroyed = false;

  on(_event: "decoded", listener: (packet: SocketPacket) => void): void {
    this.#onDecoded = listener;
  }

  add(chunk: unknown): void {
    this.#onDecoded(JSON.parse(String(chunk)));
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

describe("the built-in parser", () => {
  it("makes one engine packet of an event without binary", () => {
    const [packet, ...others] = builtInParser.encode(event, false);
    expect(packet?.payload).toBe('42["x",1]');
    expect(packet?.compress).toBe(false);
    expect(others).toEqual([]);
  });

  it("refuses a Blob, whose bytes a server cannot read at once", () => {
    expect(() => builtInParser.encode({ ...event, data: ["x", new Blob(["y"])] }, true)).toThrow(
      "a Blob cannot be sent by a server",
    );
  });
});

describe("a parser of the program's own", () => {
  const parser = wrapParser({ Encoder: JsonEncoder, Decoder: JsonDecoder });

  it("carries packets both ways", () => {
    const [packet] = parser.encode(event, true);
    expect(parser.createDecoder().push(String(packet?.data))).toEqual(event);
  });

  it("SIO §35: turns what its decoder throws into an error value", () => {
    expect(parser.createDecoder().push("{")).toMatchObject({ type: "error" });
  });
});
