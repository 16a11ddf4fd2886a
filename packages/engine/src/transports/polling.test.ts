import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { DeadlineQueue } from "../deadlines.ts";
import { NOOP, OutboundPacket } from "../outbound-packet.ts";
import { type FakeRequest, RecordingExchange } from "../testing/recording-exchange.ts";
import { testBase64 as base64 } from "../testing/test-runtime.ts";
import { PollingTransport } from "./polling.ts";

function open(httpCompression: { threshold?: number } | false = false) {
  const clock = new ManualClock(0);
  const log: unknown[] = [];
  const host = {
    clock,
    deadlines: new DeadlineQueue(clock),
    opts: { maxHttpBufferSize: 100, httpCompression },
    editHeaders: () => {},
  };
  const identity = { sid: "sid", protocol: 4 as const, supportsBinary: true, report: () => {} };
  const transport = new PollingTransport<FakeRequest>(host, identity, { jsonpIndex: undefined, base64 });
  transport.owner = {
    onMessage: (data) => log.push(data),
    onPacket: ({ type }) => log.push(type),
    onDrain: () => log.push("drain"),
    onTransportClose: () => log.push("closed"),
    // As a session does.
    onTransportError: (error) => {
      log.push(error.message);
      transport.owner = undefined;
      transport.discard();
    },
  };
  const request = (method: string, headers: Record<string, string> = {}) => {
    const exchange = new RecordingExchange(method, { sid: "sid" }, headers);
    transport.onExchange(exchange);
    return exchange;
  };
  return { clock, log, transport, request };
}
const message = (text: string) => new OutboundPacket("message", text);

describe("PollingTransport: GET", () => {
  it("is writable while one waits, and answers it once", () => {
    const { log, transport, request } = open();
    expect(transport.writable).toBe(false);
    const get = request("GET");
    expect(transport.writable).toBe(true);
    transport.send([message("tick")]);
    expect(transport.writable).toBe(false);
    expect(get.replies).toEqual([
      {
        status: 200,
        headers: {
          "Content-Type": "text/plain; charset=UTF-8",
          "Content-Length": 5,
          "cache-control": "no-store",
        },
        body: "4tick",
        compression: undefined,
      },
    ]);
    expect(log).toEqual(["drain"]);
  });

  it("refuses a second one and releases the first (EIO §9.3)", () => {
    const { log, request } = open();
    const [first, second] = [request("GET"), request("GET")];
    expect([first.status, first.body]).toEqual([200, "1"]);
    expect([second.status, second.body]).toEqual([400, ""]);
    expect(log).toEqual(["drain", "overlap from client"]);
  });

  it("fails when the peer aborts it, and not when that comes late", () => {
    const { log, transport, request } = open();
    const first = request("GET");
    transport.send([NOOP]);
    first.abort();
    expect(log).toEqual(["drain"]);
    const second = request("GET");
    second.abort();
    expect(log).toEqual(["drain", "drain", "poll connection closed prematurely"]);
    expect(second.replies).toEqual([]);
    expect(transport.readyState).toBe("closed");
  });

  it("answers other methods with 500 and goes on", () => {
    const { log, request } = open();
    expect(request("OPTIONS").status).toBe(500);
    expect(request("PUT").status).toBe(500);
    expect(log).toEqual([]);
  });

  it("turns off a filter of old browsers (EIO §9.1)", () => {
    const { transport, request } = open();
    for (const agent of ["Mozilla/5.0 (compatible;MSIE 9.0)", "Mozilla/5.0 Trident/7.0"]) {
      const get = request("GET", { "user-agent": agent });
      transport.send([NOOP]);
      expect(get.replies[0]?.headers["X-XSS-Protection"]).toBe("0");
    }
  });

  it("asks for compression from the threshold on, if a packet allows it (EIO §19.1)", () => {
    const { transport, request } = open({ threshold: 10 });
    const replies = [
      [message("x".repeat(8))],
      [message("x".repeat(9))],
      [new OutboundPacket("message", "x".repeat(50), false)],
      [new OutboundPacket("message", "x".repeat(50), false), message("y")],
    ].map((packets) => {
      const get = request("GET");
      transport.send(packets);
      return get.replies[0]?.compression !== undefined;
    });
    expect(replies).toEqual([false, true, false, true]);
  });
});

describe("PollingTransport: POST", () => {
  it("delivers packets in order, then answers ok (EIO §9.2)", () => {
    const { log, request } = open();
    const post = request("POST");
    expect(post.limitBytes).toBe(100);
    post.finishBody("4up\x1e4\x1e3");
    expect(log).toEqual(["up", undefined, "pong"]);
    expect(post.replies).toEqual([
      {
        status: 200,
        headers: { "Content-Type": "text/html", "Content-Length": 2, "cache-control": "no-store" },
        body: "ok",
      },
    ]);
  });

  it("refuses a second one and destroys the first (EIO §9.3)", () => {
    const { log, request } = open();
    const [first, second] = [request("POST"), request("POST")];
    expect(first.isDestroyed).toBe(true);
    expect(first.replies).toEqual([]);
    expect([second.status, second.body]).toEqual([400, ""]);
    expect(log).toEqual(["data request overlap from client"]);
    first.finishBody("4late");
    expect(log).toHaveLength(1);
  });

  it("answers 413 to a body that is too large, and goes on (EIO §9.4)", () => {
    const { log, transport, request } = open();
    const post = request("POST");
    post.exceedLimit();
    expect(post.status).toBe(413);
    expect(transport.readyState).toBe("open");
    request("POST").finishBody("4a");
    expect(log).toEqual(["a"]);
  });

  it("fails when the peer aborts it", () => {
    const { log, request } = open();
    request("POST").abort();
    expect(log).toEqual(["data request connection closed prematurely"]);
  });

  it("CVE-2026-59725: an octet-stream of revision 4 is answered and ends the session", () => {
    const { log, request } = open();
    const get = request("GET");
    const post = request("POST", { "content-type": "application/octet-stream" });
    expect([post.status, post.body]).toEqual([400, ""]);
    expect(get.body).toBe("1");
    expect(log).toEqual(["drain", "invalid content"]);
  });

  it("releases the poll with noop when the client closes, and drops what follows (EIO §14.3)", () => {
    const { log, request } = open();
    const [get, post] = [request("GET"), request("POST")];
    post.finishBody("4a\x1e1\x1e4b");
    expect(get.body).toBe("6");
    expect(post.body).toBe("ok");
    expect(log).toEqual(["drain", "a", "closed"]);
  });

  it("is answered even if the owner throws, and even if it ended the session (EIO §62.13)", () => {
    const { transport, request } = open();
    const post = request("POST");
    const throwing = {
      onMessage: () => {
        transport.discard();
        throw new Error("of a listener");
      },
      onPacket: () => {},
      onDrain: () => {},
      onTransportClose: () => {},
      onTransportError: () => {},
    };
    transport.owner = throwing;
    expect(() => post.finishBody("4a")).toThrow("of a listener");
    expect(post.body).toBe("ok");
    expect(post.isDestroyed).toBe(false);
  });
});

describe("PollingTransport: closing (EIO §14.1)", () => {
  it("answers a waiting GET with close", () => {
    const { log, transport, request } = open();
    const get = request("GET");
    transport.close();
    expect(get.body).toBe("1");
    expect(log).toEqual(["drain", "closed"]);
  });

  it("waits for a GET, ends just before answering it", () => {
    const { clock, log, transport, request } = open();
    transport.close();
    expect(transport.readyState).toBe("closing");
    clock.advance(29_999);
    const get = request("GET");
    expect(get.body).toBe("6\x1e1");
    expect(log).toEqual(["closed"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives up after 30 s", () => {
    const { clock, log, transport } = open();
    transport.close();
    clock.advance(29_999);
    expect(log).toEqual([]);
    clock.advance(1);
    expect(log).toEqual(["closed"]);
  });

  it("closes at once when discarded, also while it waits", () => {
    for (const isWaiting of [false, true]) {
      const { clock, log, transport } = open();
      if (isWaiting) transport.close();
      transport.discard();
      transport.discard();
      expect(log).toEqual(["closed"]);
      expect(clock.pendingTimers).toBe(0);
    }
  });

  it("destroys a POST that is in progress", () => {
    const { transport, request } = open();
    const post = request("POST");
    transport.close();
    expect(post.isDestroyed).toBe(true);
  });

  it("answers requests that come too late", () => {
    const { transport, request } = open();
    transport.discard();
    expect(request("GET").status).toBe(400);
  });
});

describe("PollingTransport: a peer that does not read its answers (SEC §4)", () => {
  const answerUnread = (parts: ReturnType<typeof open>, text: string) => {
    const exchange = new RecordingExchange("GET", { sid: "sid" });
    exchange.isUnread = true;
    parts.transport.onExchange(exchange);
    parts.transport.send([message(text)]);
    return exchange;
  };

  it("counts what it was answered on every connection, until the system takes it", () => {
    const parts = open();
    const [first] = [answerUnread(parts, "1234567"), answerUnread(parts, "123")];
    expect(parts.transport.bufferedBytes).toBe(12);
    first.unsentBytes = 0;
    expect(parts.transport.bufferedBytes).toBe(4);
  });

  it("cuts its connections when it is terminated", () => {
    const parts = open();
    const unread = answerUnread(parts, "x");
    parts.transport.terminate();
    expect(unread.isDestroyed).toBe(true);
    expect(parts.transport.bufferedBytes).toBe(0);
  });

  it("gives it 30 seconds to read once the session has ended, and no longer", () => {
    const parts = open();
    const unread = answerUnread(parts, "x");
    parts.transport.discard();
    parts.clock.advance(29_000);
    expect(unread.isDestroyed).toBe(false);
    parts.clock.advance(2_000);
    expect(unread.isDestroyed).toBe(true);
    expect(parts.clock.pendingTimers).toBe(0);
  });

  it("waits for nobody who has read everything", () => {
    const parts = open();
    const exchange = answerUnread(parts, "x");
    exchange.unsentBytes = 0;
    parts.transport.discard();
    parts.clock.settle();
    expect(parts.clock.pendingTimers).toBe(0);
  });
});
