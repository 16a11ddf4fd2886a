// Parsers of the program's own that fail, on a real connection (client.md 4.6).

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Socket } from "./socket.ts";
import * as standardParser from "./standard-parser.ts";
import { nextEvent } from "./testing/events.ts";
import { type PeerServer, startPeerServer } from "./testing/peer-server.ts";

class FailingEncoder extends standardParser.Encoder {
  override encode(packet: standardParser.EncodablePacket): ReturnType<standardParser.Encoder["encode"]> {
    if (Array.isArray(packet.data) && packet.data[0] === "bad") throw new Error("cannot encode");
    return super.encode(packet);
  }
}

class FailingDecoder extends standardParser.Decoder {
  override add(message: unknown): void {
    if (String(message).includes("poison")) throw new Error("cannot decode");
    super.add(message);
  }
}

class DoublingDecoder extends standardParser.Decoder {
  override add(message: unknown): void {
    super.add(message);
    if (String(message).includes("twice")) setImmediate(() => super.add(message));
  }
}

let peer: PeerServer;

beforeEach(async () => {
  peer = await startPeerServer();
  peer.server.on("connection", (socket) => {
    socket.on("ask", (...args) => args.pop()(...args));
    socket.on("say", (...args) => socket.emit("said", ...args));
  });
});

afterEach(() => peer.stop());

function connect(parser: object): Socket {
  return peer.connect("/", { parser: { ...standardParser, ...parser }, reconnectionDelay: 10 });
}

describe("a parser of the program's own", () => {
  it("throws what its encoder throws at whoever emits, and the connection goes on", async () => {
    const socket = connect({ Encoder: FailingEncoder });
    await nextEvent(socket, "connect");
    expect(() => socket.emit("bad")).toThrow("cannot encode");
    expect(await socket.emitWithAck("ask", 1)).toBe(1);
  });

  it("closes the connection with a parse error when its decoder throws, and connects again", async () => {
    const socket = connect({ Decoder: FailingDecoder });
    await nextEvent(socket, "connect");
    const disconnected = nextEvent(socket, "disconnect");
    const again = nextEvent(socket, "connect");
    socket.emit("say", "poison");
    expect((await disconnected)[0]).toBe("parse error");
    await again;
    expect(await socket.emitWithAck("ask", 2)).toBe(2);
  });

  it("may emit a packet behind the message that it came with", async () => {
    const socket = connect({ Decoder: DoublingDecoder });
    await nextEvent(socket, "connect");
    const said: unknown[] = [];
    const both = new Promise<void>((resolve) => {
      socket.on("said", (text) => {
        said.push(text);
        if (said.length === 2) resolve();
      });
    });
    socket.emit("say", "twice");
    await both;
    expect(said).toEqual(["twice", "twice"]);
  });
});
