import { PacketType, type SocketPacket } from "@tautline/protocol/socket-packet";
import { beforeEach, describe, expect, it } from "vitest";
import { builtInParser, type CustomDecoder, wrapParser } from "./parser.ts";
import type { Socket } from "./socket.ts";
import { createFixture } from "./testing/fixture.ts";

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

/** Several packets in one message. */
class LinesDecoder extends JsonDecoder {
  override add(chunk: unknown): void {
    for (const line of String(chunk).split("\n")) super.add(line);
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
  const received: SocketPacket[] = [];
  const owner = { onPacket: (packet: SocketPacket) => void received.push(packet) };

  beforeEach(() => {
    received.length = 0;
  });

  it("carries packets both ways", () => {
    const [packet] = parser.encode(event, true);
    expect(parser.createDecoder(owner).push(String(packet?.data))).toEqual({ type: "pending" });
    expect(received).toEqual([event]);
  });

  it("is given an id only where there is one", () => {
    const given: unknown[] = [];
    class KeepingEncoder extends JsonEncoder {
      override encode(packet: SocketPacket): string[] {
        given.push(Object.keys(packet));
        return super.encode(packet);
      }
    }
    const keeping = wrapParser({ Encoder: KeepingEncoder, Decoder: JsonDecoder });
    keeping.encode({ ...event, id: undefined }, true);
    keeping.encode({ ...event, id: 0 }, true);
    expect(given).toEqual([
      ["type", "nsp", "data"],
      ["type", "nsp", "data", "id"],
    ]);
  });

  it("SIO §35: turns what its decoder throws into an error value", () => {
    expect(parser.createDecoder(owner).push("{")).toMatchObject({ type: "error" });
  });

  it("may emit several packets for one message, and those before an error", () => {
    const decoder = wrapParser({ Encoder: JsonEncoder, Decoder: LinesDecoder }).createDecoder(owner);
    const lines = [JSON.stringify(event), JSON.stringify({ ...event, id: 7 })];
    expect(decoder.push(lines.join("\n"))).toEqual({ type: "pending" });
    expect(received).toEqual([event, { ...event, id: 7 }]);
    expect(decoder.push(`${lines[0]}\n{`)).toMatchObject({ type: "error" });
    expect(received).toHaveLength(3);
  });

  it("may emit a packet behind the message, until the connection has ended", () => {
    let decodeLater: (packet: SocketPacket) => void = () => {};
    class LateDecoder extends JsonDecoder {
      override on(_event: "decoded", listener: (packet: SocketPacket) => void): void {
        decodeLater = listener;
      }
      override add(): void {}
    }
    const decoder = wrapParser({ Encoder: JsonEncoder, Decoder: LateDecoder }).createDecoder(owner);
    expect(decoder.push("x")).toEqual({ type: "pending" });
    decodeLater(event);
    expect(received).toEqual([event]);
    decoder.reset();
    decodeLater(event);
    expect(received).toEqual([event]);
  });

  it("SIO §37: may emit the binary types", () => {
    parser.createDecoder(owner).push(JSON.stringify({ ...event, type: 5 }));
    expect(received).toEqual([event]);
  });

  it.each([
    ["null"],
    ["7"],
    ["{}"],
    ['{"type":7,"nsp":"/"}'],
    ['{"type":2,"nsp":1}'],
    ['{"type":3,"nsp":"/","id":"1"}'],
  ])("is told when it emits %s, which is no packet", (text) => {
    expect(parser.createDecoder(owner).push(text)).toEqual({
      type: "error",
      message: "the decoder of the parser option must emit packets, with type and nsp",
    });
    expect(received).toEqual([]);
  });

  it("encodes a broadcast once for all receivers", () => {
    let encoded = 0;
    class CountingEncoder extends JsonEncoder {
      override encode(packet: SocketPacket): string[] {
        encoded++;
        return super.encode(packet);
      }
    }
    const { io, open, clock } = createFixture({ parser: { Encoder: CountingEncoder, Decoder: JsonDecoder } });
    const sessions = [open(), open(), open()];
    for (const session of sessions) session.receive(JSON.stringify({ type: 0, nsp: "/" }));
    clock.settle();
    encoded = 0;
    io.emit("news");
    expect(encoded).toBe(1);
    const [first, ...others] = sessions.map(({ packets }) => packets.at(-1));
    expect(first?.data).toContain("news");
    for (const other of others) expect(other).toBe(first);
  });

  it("may encode into any class of binary", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const encoded = wrapParser({
      Encoder: class {
        encode(): unknown[] {
          return [bytes, bytes.buffer, new DataView(bytes.buffer, 1, 2), "text"];
        }
      },
      Decoder: JsonDecoder,
    }).encode(event, true);
    expect(encoded.map(({ data }) => data)).toEqual([bytes, bytes, bytes.subarray(1, 3), "text"]);
  });

  it.each([
    ["a text", "the encoder of the parser option must return a list"],
    [[7], "the encoder of the parser option must return strings and binary, not number"],
  ])("is told when it encodes into %j", (result, message) => {
    class WrongEncoder {
      // What a program in JavaScript may return.
      readonly encode: () => never[] = () => Object(result);
    }
    const wrong = wrapParser({ Encoder: WrongEncoder, Decoder: JsonDecoder });
    expect(() => wrong.encode(event, true)).toThrow(message);
  });
});

describe("a parser that fails", () => {
  let mustFail: (packet: SocketPacket) => boolean;

  class FailingEncoder extends JsonEncoder {
    override encode(packet: SocketPacket): string[] {
      if (mustFail(packet)) throw new Error("cannot encode");
      return super.encode(packet);
    }
  }

  const parser = { Encoder: FailingEncoder, Decoder: LinesDecoder };
  const connect = JSON.stringify({ type: PacketType.CONNECT, nsp: "/" });

  beforeEach(() => {
    mustFail = () => false;
  });

  it("throws at whoever emits, and the connection goes on", () => {
    const { io, open, clock } = createFixture({ parser });
    const session = open();
    let socket: Socket | undefined;
    io.on("connection", (joined) => {
      socket = joined;
    });
    session.receive(connect);
    clock.settle();
    session.take();
    mustFail = ({ data }) => Array.isArray(data) && data[0] === "bad";
    expect(() => socket?.emit("bad")).toThrow("cannot encode");
    expect(() => io.emit("bad")).toThrow("cannot encode");
    socket?.emit("good");
    expect(session.take()).toEqual([expect.stringContaining("good")]);
    expect(session.readyState).toBe("open");
  });

  it.each([
    ["CONNECT", PacketType.CONNECT],
    ["CONNECT_ERROR", PacketType.CONNECT_ERROR],
  ])("at a %s is reported once and closes the session", (_name, type) => {
    const { io, open, clock, reported } = createFixture({ parser });
    if (type === PacketType.CONNECT_ERROR) io.use((_socket, next) => next(new Error("no")));
    mustFail = (packet) => packet.type === type;
    const session = open();
    expect(() => session.receive(connect)).not.toThrow();
    clock.settle();
    expect(reported).toEqual([new Error("cannot encode")]);
    expect(session.readyState).toBe("closed");
  });

  it("SIO §35: at a message tells the sockets, and closes the session", () => {
    const { io, open, clock } = createFixture({ parser });
    const told: unknown[] = [];
    io.on("connection", (socket) => socket.on("error", (error) => told.push(error.message)));
    const session = open();
    session.receive(connect);
    clock.settle();
    session.receive("{");
    expect(told).toEqual([expect.stringContaining("JSON")]);
    expect(session.readyState).toBe("closed");
  });
});
