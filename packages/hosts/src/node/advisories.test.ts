// Inputs of published advisories and the limits of SEC §2 to §4, over real sockets: the process lives, and the
// server goes on.

import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readToEnd } from "./testing/raw-http.ts";
import { TestEngine } from "./testing/test-engine.ts";

const HANDSHAKE = "?EIO=4&transport=polling";
const WS = "?EIO=4&transport=websocket";

let test: TestEngine;
const uncaught: unknown[] = [];
const onUncaught = (error: unknown) => uncaught.push(error);
afterEach(async () => {
  process.off("uncaughtException", onUncaught);
  await test.close();
  expect(uncaught.splice(0)).toEqual([]);
});

async function start(options = {}) {
  process.on("uncaughtException", onUncaught);
  test = await TestEngine.start(options);
}
async function stillServes() {
  expect((await test.fetch(HANDSHAKE)).status).toBe(200);
}

describe("advisories (SEC §3)", () => {
  it("CVE-2022-41940: a connection reset at any moment of an upgrade", async () => {
    await start({
      allowRequest: (_req: unknown, done: (message: null, success: boolean) => void) =>
        setImmediate(() => done(null, true)),
    });
    for (let round = 0; round < 20; round++) {
      const socket = test.connect(WS);
      const arrived = new Promise<void>((resolve) => test.http.once("upgrade", () => resolve()));
      await arrived;
      if (round % 2) await new Promise<void>((resolve) => setImmediate(resolve));
      socket.socket.resetAndDestroy();
    }
    await stillServes();
  });

  it("CVE-2022-41940: a connection reset while it is refused", async () => {
    await start();
    for (let round = 0; round < 20; round++) {
      const socket = test.connect(`${WS}&sid=nope`);
      await new Promise<void>((resolve) => test.http.once("upgrade", () => resolve()));
      socket.socket.resetAndDestroy();
    }
    await stillServes();
  });

  it("CVE-2022-41940: a connection reset while nobody answers its upgrade", async () => {
    await start();
    const upgraded = once(test.http, "upgrade");
    const socket = connect(test.port, "127.0.0.1");
    socket.write("GET /nobody HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    const [, serverSide] = await upgraded;
    const closed = new Promise((resolve) => serverSide.once("close", resolve));
    serverSide.destroy(new Error("read ECONNRESET"));
    await closed;
    socket.destroy();
    await stillServes();
  });

  it("CVE-2022-21676: malformed frames at any moment", async () => {
    await start();
    const garbage = [
      Buffer.of(0xff, 0xff, 0xff, 0xff),
      Buffer.of(0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      Buffer.of(0x83, 0x80, 1, 2, 3, 4),
      Buffer.of(0x80, 0x80, 1, 2, 3, 4),
    ];
    for (const bytes of garbage) {
      const socket = test.connect(WS);
      socket.socket.write(bytes);
      await socket.rest();
    }
    expect(test.endings.every(({ reason }) => reason === "transport error")).toBe(true);
    expect(test.engine.clientsCount).toBe(0);
    await stillServes();
  });

  it("CVE-2022-21676: a malformed frame on a candidate ends the candidate only", async () => {
    await start();
    await test.fetch(HANDSHAKE);
    const { id } = test.session;
    const socket = test.connect(`${WS}&sid=${id}`);
    await socket.head();
    socket.socket.write(Buffer.of(0xff, 0xff, 0xff, 0xff));
    expect(await socket.next()).toBe("close 1002");
    expect(test.session.readyState).toBe("open");
  });

  it.each(["polling", "nope", "", "__proto__", "webtransport"])(
    "CVE-2023-31125: transport=%s on the WebSocket path",
    async (transport) => {
      await start();
      const raw = await (async () => {
        const socket = test.connect(`?EIO=4&transport=${transport}`);
        if (transport !== "polling") return (await socket.rest()).toString();
        expect(await socket.head()).toContain("101");
        return String(await socket.next());
      })();
      expect(raw).toMatch(transport === "polling" ? /^close$/ : /Transport unknown$/);
      expect(test.sessions).toHaveLength(0);
      await stillServes();
    },
  );

  it("CVE-2026-102599: an upgrade in another revision", async () => {
    await start({ allowEIO3: true });
    await test.fetch(HANDSHAKE);
    const errors: unknown[] = [];
    test.engine.on("connection_error", ({ context }) => errors.push(context));
    const socket = test.connect(`?EIO=3&transport=websocket&sid=${test.session.id}`);
    expect((await socket.rest()).toString()).toContain("Bad request");
    expect(errors).toEqual([{ name: "PROTOCOL_MISMATCH", protocol: 3, previousProtocol: 4 }]);
    expect(test.session.upgrading).toBe(false);
  });

  it("CVE-2026-102600: ids of inherited properties", async () => {
    await start();
    for (const sid of ["__proto__", "constructor", "hasOwnProperty"]) {
      expect((await test.fetch(`${HANDSHAKE}&sid=${sid}`)).body.toString()).toContain('"code":1');
      expect((await test.connect(`${WS}&sid=${sid}`).rest()).toString()).toContain("Session ID unknown");
    }
    expect((await test.fetch("?__proto__=1&EIO=4&transport=polling")).status).toBe(200);
  });

  it("CVE-2024-37890: more header lines than are read", async () => {
    await start();
    test.http.maxHeadersCount = 20;
    const headers = Array.from({ length: 200 }, (_, at) => `x-${at}: 1`);
    const socket = connect(test.port, "127.0.0.1");
    socket.write(
      `GET /engine.io/${WS} HTTP/1.1\r\nHost: a\r\n${headers.join("\r\n")}\r\n` +
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await readToEnd(socket);
    await stillServes();
  });

  it("malformed WebSocket handshakes are refused and make no session", async () => {
    await start();
    for (const lines of [
      ["Sec-WebSocket-Version: 12", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
      ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: short"],
      [],
    ]) {
      const socket = connect(test.port, "127.0.0.1");
      const head = ["Host: a", "Connection: Upgrade", "Upgrade: websocket", ...lines];
      socket.write(`GET /engine.io/${WS} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`);
      expect((await readToEnd(socket)).toString()).toMatch(/^HTTP\/1.1 4/);
    }
    expect(test.sessions).toHaveLength(0);
    expect(test.engine.clientsCount).toBe(0);
  });
});

describe("limits (SEC §2, §4)", () => {
  it("a peer that does not read is let go, and the others lose nothing", async () => {
    await start({ maxBufferedBytes: 2_000_000 });
    const [stalled, reader] = [test.connect(WS), test.connect(WS)];
    await Promise.all([stalled.head(), reader.head()]);
    await Promise.all([stalled.next(), reader.next()]);
    stalled.socket.pause();
    const [first, second] = test.sessions;
    const stalledSession = first?.request?.socket.remotePort === stalled.socket.localPort ? first : second;
    const readingSession = stalledSession === first ? second : first;
    const text = "x".repeat(50_000);
    let sent = 0;
    const beat = () => {
      if (test.endings.length > 0) return;
      stalledSession?.send(text);
      if (sent < 50) {
        sent++;
        readingSession?.send(text);
      }
      setImmediate(beat);
    };
    beat();
    await test.until(() => test.endings.length === 1);
    expect(test.endings[0]?.reason).toBe("slow consumer");
    expect(test.endings[0]?.message).toMatch(/^\d+ bytes wait/);
    for (let received = 0; received < sent; received++) expect(await reader.next()).toBe(`4${text}`);
    expect(readingSession?.readyState).toBe("open");
  });

  it("handshakes and sessions of an address, when limited, get 503", async () => {
    await start({ limits: { perAddress: 1 } });
    await stillServes();
    const response = await test.fetch(HANDSHAKE);
    expect(response.status).toBe(503);
    expect(response.headers).toContain("Retry-After: 1");
    expect((await test.connect(WS).rest()).toString()).toMatch(
      /^HTTP\/1.1 503 Service Unavailable\r\n.*Retry-After: 1\r\n/s,
    );
  });

  it("garbage on every route is answered, and nothing is left", async () => {
    await start();
    const queries = [
      "",
      "?",
      "?&&&",
      "?EIO",
      "?EIO=4&transport",
      "?%",
      "?EIO=%zz&transport=%",
      `?${"a=1&".repeat(2000)}`,
    ];
    for (const query of queries) {
      for (const method of ["GET", "POST", "PUT", "HEAD"]) {
        const response = await test.fetch(query, { method });
        expect(response.status).toBe(400);
      }
    }
    expect(test.engine.clientsCount).toBe(0);
  });

  it("a thousand opens and closes leave no session and no socket", async () => {
    await start();
    for (let round = 0; round < 20; round++) {
      const sockets = Array.from({ length: 50 }, () => test.connect(WS));
      await Promise.all(sockets.map((socket) => socket.head()));
      for (const socket of sockets) socket.socket.destroy();
      await test.until(() => test.engine.clientsCount === 0);
    }
    expect(test.endings).toHaveLength(1000);
  });
});
