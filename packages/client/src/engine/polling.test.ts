import { countBatch } from "@tautline/protocol/payload-batch";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { RecordingPlatform } from "../testing/recording-platform.ts";
import { EngineSocket } from "./engine-socket.ts";
import type { EngineOptions, TransportOptions } from "./options.ts";
import { type HttpOutcome, type HttpRequest, Polling } from "./polling.ts";

interface Exchange extends HttpRequest {
  isAborted: boolean;
  answer(body: string): void;
  refuse(status: number): void;
}

const OPEN = `0${JSON.stringify({ sid: "s1", upgrades: [], pingInterval: 100, pingTimeout: 100 })}`;

let platform: RecordingPlatform;
let exchanges: Exchange[];
let log: unknown[];

function open(options: EngineOptions = {}): EngineSocket {
  class TestPolling extends Polling {
    constructor(given: TransportOptions) {
      super(given, {
        readFailure: "read failed",
        writeFailure: "write failed",
        send(request, _options, onOutcome) {
          const settle = (outcome: HttpOutcome): void => {
            if (!exchange.isAborted) onOutcome(outcome);
          };
          const exchange: Exchange = {
            ...request,
            isAborted: false,
            answer: (body) => settle({ body }),
            refuse: (status) => settle({ description: status, context: "context" }),
          };
          exchanges.push(exchange);
          return () => {
            exchange.isAborted = true;
          };
        },
      });
    }
  }
  const engine = new EngineSocket(platform, "http://h", { transports: [TestPolling], ...options });
  engine.on("data", (data) => log.push(data));
  engine.on("error", (error) => log.push(error));
  engine.on("close", (reason, details) => log.push(reason, details));
  return engine;
}

const latest = (): Exchange => exchanges.at(-1) ?? expect.unreachable();

beforeEach(() => {
  platform = new RecordingPlatform();
  exchanges = [];
  log = [];
});

describe("Polling", () => {
  it("opens by a GET with a stamp, and polls again with the session's id", () => {
    open();
    expect(latest()).toMatchObject({ method: "GET", body: undefined, headers: { Accept: "*/*" } });
    expect(latest().uri).toMatch(/^http:\/\/h\/engine\.io\/\?EIO=4&transport=polling&t=[0-9a-z]{8}$/);
    latest().answer(OPEN);
    expect(latest().uri).toContain("sid=s1");
    expect(exchanges).toHaveLength(2);
  });

  it("leaves out the stamp, and asks for text, when told to", () => {
    open({ timestampRequests: false, forceBase64: true });
    expect(latest().uri).toBe("http://h/engine.io/?EIO=4&transport=polling&b64=1");
  });

  it("keeps a body within what the server takes, and sends alone what is too long for any", async () => {
    const engine = open();
    latest().answer(OPEN.replace("}", ',"maxPayload":11}'));
    const texts = ["a", "12345", "123", "12345", "1234", "é€", "123", "😀", "\ud800", "12345678901234"];
    for (const text of texts) engine.write(text);
    engine.write(new Uint8Array(6)).write("");
    const bodies: unknown[] = [];
    for (let post = latest(); bodies.length < 9 && post.method === "POST"; post = latest()) {
      bodies.push(post.body);
      post.answer("ok");
      if (post === latest()) break;
    }
    expect(bodies).toEqual([
      "4a",
      "412345\x1e4123",
      "412345",
      "41234",
      "4é€\x1e4123",
      "4😀\x1e4\ud800",
      "412345678901234",
      "bAAAAAAAA\x1e4",
    ]);
    engine
      .write(new Blob(["1234567"]))
      .write("a")
      .write("b");
    await expect.poll(() => latest().body).toBe("bMTIzNDU2Nw==");
  });

  it("counts what fits as the protocol package does", () => {
    const { transport } = open();
    const data = fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array(), fc.constant(undefined));
    const packets = fc.array(fc.record({ type: fc.constant("message" as const), data }), { minLength: 1 });
    fc.assert(
      fc.property(packets, fc.nat(200), (queue, limit) => {
        expect(transport.countTakeable(queue, limit)).toBe(countBatch(queue, limit));
      }),
    );
  });

  it("posts what is queued as one payload, one at a time", () => {
    const engine = open();
    latest().answer(OPEN);
    engine.write("a");
    engine.write(Uint8Array.of(1, 2));
    engine.write("b");
    expect(latest()).toMatchObject({ method: "POST", body: "4a" });
    expect(latest().headers["Content-type"]).toBe("text/plain;charset=UTF-8");
    latest().answer("ok");
    expect(latest().body).toBe("bAQI=\x1e4b");
    expect(exchanges).toHaveLength(4);
  });

  it("delivers the packets of a payload in order, and stops where one closes the session", () => {
    open();
    latest().answer(OPEN);
    latest().answer("4a\x1e4b\x1e1\x1e4c");
    expect(log).toMatchObject([
      "a",
      "b",
      "transport close",
      { description: "transport closed by the server" },
    ]);
  });

  it("reports refused requests with their status", () => {
    const engine = open();
    latest().answer(OPEN);
    engine.write("a");
    latest().refuse(413);
    expect(log[0]).toMatchObject({
      message: "write failed",
      description: 413,
      context: "context",
      type: "TransportError",
    });
    expect(log[1]).toBe("transport error");
    expect(latest()).toMatchObject({ method: "POST", body: "1" });
  });

  it("fails when the first answer holds no handshake", () => {
    open();
    latest().answer("6");
    expect(log[0]).toMatchObject({ message: "server error" });
    expect(exchanges).toHaveLength(1);
  });

  it("says goodbye by a POST, then ends the GET", () => {
    const engine = open();
    latest().answer(OPEN);
    const [, get] = exchanges;
    engine.close();
    expect(latest()).toMatchObject({ method: "POST", body: "1" });
    expect(get?.isAborted).toBe(false);
    latest().answer("ok");
    expect(get?.isAborted).toBe(true);
    expect(platform.clock.pendingTimers).toBe(0);
  });

  it("does not wait for ever for the answer to its goodbye", () => {
    const engine = open();
    latest().answer(OPEN);
    const [, get] = exchanges;
    engine.close();
    platform.clock.advance(10_000);
    expect(latest().isAborted).toBe(true);
    expect(get?.isAborted).toBe(true);
  });

  it("closes the session that is opened for it after it was closed", () => {
    const engine = open();
    engine.close();
    expect(exchanges).toHaveLength(1);
    latest().answer(OPEN);
    expect(latest()).toMatchObject({ method: "POST", body: "1" });
    expect(latest().uri).toContain("sid=s1");
    latest().answer("ok");
    expect(platform.clock.pendingTimers).toBe(0);
  });

  it("gives up the handshake some time after it was closed", () => {
    const engine = open();
    engine.close();
    platform.clock.advance(10_000);
    expect(latest().isAborted).toBe(true);
  });

  it("pauses once neither a GET nor a POST is on its way, and can go on", () => {
    const engine = open();
    latest().answer(OPEN);
    const get = latest();
    engine.write("a");
    const post = latest();
    let isPaused = false;
    engine.transport.pause?.(() => {
      isPaused = true;
    });
    get.answer("4x");
    expect(isPaused).toBe(false);
    post.answer("ok");
    expect(isPaused).toBe(true);
    expect(exchanges).toHaveLength(3);
    expect(log).toEqual(["x"]);
    engine.transport.resume?.();
    expect(latest().method).toBe("GET");
  });

  it("ends a request that takes longer than it may", () => {
    open({ requestTimeout: 50 });
    platform.clock.advance(50);
    expect(latest().isAborted).toBe(true);
    expect(log[0]).toMatchObject({ message: "read failed", description: 0 });
  });

  it("closes on garbage, after what stands before it", () => {
    open();
    latest().answer(OPEN);
    latest().answer("4a\x1e9\x1e4b");
    expect(log).toEqual([
      "a",
      expect.objectContaining({ message: "server error", code: "parser error" }),
      "transport error",
      expect.anything(),
    ]);
  });
});
