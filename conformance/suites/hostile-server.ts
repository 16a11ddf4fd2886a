import http from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { ClientKind, ClientPeer } from "../peers/client-peer.ts";
import { startClient } from "../peers/connect-client.ts";
import { listen } from "../peers/node-server.ts";

// A server that says whatever a row tells it to, and a client that must take it.

const OPEN =
  '0{"sid":"q3NfT0aZrW8kLx2DAAAB","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
const CONNECTED = '40{"sid":"Vb9yJm4QeKc1HtRsAAAC"}';

/** What a joined client is sent, and with which reason it then leaves. */
interface Row {
  readonly title: string;
  readonly cite: string;
  readonly frames: readonly (string | Uint8Array)[];
}

const parseErrors: readonly Row[] = [
  { title: "broken JSON", cite: "SIO §35", frames: ['42["x"'] },
  { title: "an unknown packet type", cite: "SIO §27", frames: ["48"] },
  { title: "an event without a name", cite: "SIO §27.1", frames: ["42[]"] },
  { title: "a reserved event", cite: "SIO §36", frames: ['42["disconnect","forged"]'] },
  { title: "binary out of nowhere", cite: "SIO §28.2", frames: [Buffer.from([1, 2])] },
  {
    title: "text where an attachment is due",
    cite: "SIO §28.2",
    frames: ['451-["x",{"_placeholder":true,"num":0}]', '42["y"]'],
  },
  {
    title: "a placeholder that points nowhere",
    cite: "CVE-2022-2421",
    frames: ['451-["x",{"_placeholder":true,"num":7}]', Buffer.from([1])],
  },
  { title: "eleven attachments", cite: "CVE-2026-33151", frames: ['4511-["x"]'] },
  { title: "no attachment announced", cite: "CVE-2026-69185", frames: ['450-["x"]'] },
];

const transportErrors: readonly Row[] = [
  { title: "an undecodable packet", cite: "EIO §22", frames: ["x"] },
  { title: "an empty frame", cite: "EIO §22", frames: [""] },
];

const harmless: readonly Row[] = [
  { title: "a packet for an unknown namespace", cite: "SIO §35", frames: ['42/nowhere,["echo",1]'] },
  { title: "a connect for an unknown namespace", cite: "SIO §35", frames: ['40/nowhere,{"sid":"x"}'] },
  { title: "an acknowledgement that nobody waits for", cite: "SIO §30", frames: ["4399[1]"] },
  {
    title: "an event that nobody listens to",
    cite: "SIO §30",
    frames: ['42["nobody",1]', '42["__proto__"]'],
  },
  { title: "a noop", cite: "EIO §2", frames: ["6"] },
  { title: "a number as event name", cite: "SIO §30", frames: ["42[7]"] },
];

/** Bad input to a client (EIO §22, SIO §35). */
export function hostileServer(kind: ClientKind): void {
  describe(`bad input to ${kind}`, () => {
    const closers: (() => Promise<void> | void)[] = [];
    afterEach(async () => {
      for (const close of closers.splice(0)) await close();
    });

    const meet = async (frames: readonly (string | Uint8Array)[]): Promise<ClientPeer> => {
      const server = await startScriptedServer(frames);
      closers.push(server.close);
      const client = await startClient(kind, server.url, { mode: "websocket" });
      closers.unshift(() => client.close());
      return client;
    };

    it.each(parseErrors)("leaves with parse error on $title ($cite)", async ({ frames }) => {
      const client = await meet([CONNECTED, ...frames]);
      expect((await client.inbox.next("disconnect"))[0]).toBe("parse error");
    });

    it.each(transportErrors)("leaves with transport error on $title ($cite)", async ({ frames }) => {
      const client = await meet([CONNECTED, ...frames]);
      expect((await client.inbox.next("disconnect"))[0]).toBe("transport error");
    });

    it.each(harmless)("lives with $title ($cite)", async ({ frames }) => {
      const client = await meet([CONNECTED, ...frames, '42["echo","after"]']);
      expect(await client.inbox.next("echo")).toEqual(["after"]);
      expect(client.inbox.pending("disconnect")).toEqual([]);
    });

    it("keeps events that come before it is connected (SIO §35)", async () => {
      const client = await meet(['42["echo","early"]', CONNECTED, '42["echo","late"]']);
      expect(await client.inbox.take("echo", 2)).toEqual([["early"], ["late"]]);
    });

    it("reports a connect without an id (SIO §29.9)", async () => {
      const client = await meet(["40"]);
      expect((await client.inbox.next("connect_error"))[0]).toMatchObject({
        message: expect.stringContaining("v2.x"),
      });
    });

    it("reports an answer that is not 200 (EIO §22)", async () => {
      const server = http.createServer((_, response) => response.writeHead(503).end("busy"));
      const port = await listen(server);
      closers.push(() => void server.close());
      const client = await startClient(kind, `http://127.0.0.1:${port}`, { mode: "polling" });
      closers.unshift(() => client.close());
      expect((await client.inbox.next("connect_error"))[0]).toMatchObject({ message: "xhr poll error" });
    });

    it("reports a body that is no packet (EIO §22)", async () => {
      const server = http.createServer((_, response) => response.end("<html>not here</html>"));
      const port = await listen(server);
      closers.push(() => void server.close());
      const client = await startClient(kind, `http://127.0.0.1:${port}`, { mode: "polling" });
      closers.unshift(() => client.close());
      expect((await client.inbox.next("connect_error"))[0]).toMatchObject({ message: "server error" });
    });

    it("reports a server that does not speak WebSocket (EIO §15)", async () => {
      const server = http.createServer();
      server.on("upgrade", (_, socket) => socket.end("HTTP/1.1 404 Not Found\r\n\r\n"));
      const port = await listen(server);
      closers.push(() => void server.close());
      const client = await startClient(kind, `http://127.0.0.1:${port}`, { mode: "websocket" });
      closers.unshift(() => client.close());
      expect((await client.inbox.next("connect_error"))[0]).toMatchObject({ message: "websocket error" });
    });
  });
}

/** Polling over kept connections that break after the server has taken the request (EIO §9.3, §15). */
export function brokenPolling(kind: ClientKind): void {
  describe(`polling connections that break under ${kind}`, () => {
    const closers: (() => Promise<void> | void)[] = [];
    afterEach(async () => {
      for (const close of closers.splice(0)) await close();
    });

    const meet = async (breaks: "POST" | "GET"): Promise<{ client: ClientPeer; taken: string[] }> => {
      const taken: string[] = [];
      const server = startBreakingServer(breaks, taken);
      closers.push(() => {
        server.closeAllConnections();
        server.close();
      });
      const url = `http://127.0.0.1:${await listen(server)}`;
      const client = await startClient(kind, url, { mode: "polling" });
      closers.unshift(() => client.close());
      await client.inbox.next("connect");
      return { client, taken };
    };

    it("never sends a POST again that the server may have taken", async () => {
      const { client, taken } = await meet("POST");
      client.emit("count", 1);
      expect((await client.inbox.next("disconnect"))[0]).toBe("transport error");
      expect(taken).toEqual(['POST 42["count",1]']);
    });

    it("never polls on after a poll whose answer may be lost", async () => {
      const { client, taken } = await meet("GET");
      expect((await client.inbox.next("disconnect"))[0]).toBe("transport error");
      expect(taken).toEqual(["GET "]);
    });
  });
}

/** Speaks polling up to the CONNECT, then resets the connection of each request of `breaks` once it has its body. */
function startBreakingServer(breaks: "POST" | "GET", taken: string[]): http.Server {
  let isConnected = false;
  return http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (!request.url?.includes("sid=")) {
      response.end(OPEN);
    } else if (body === "40") {
      response.end("ok");
    } else if (request.method === "GET" && !isConnected) {
      isConnected = true;
      response.end(CONNECTED);
    } else if (request.method === breaks) {
      taken.push(`${request.method} ${body}`);
      request.socket.resetAndDestroy();
    }
  });
}

async function startScriptedServer(
  frames: readonly (string | Uint8Array)[],
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket: WebSocket) => {
    socket.on("error", () => {});
    socket.send(OPEN);
    // The client's CONNECT.
    socket.once("message", () => {
      for (const frame of frames) socket.send(frame);
    });
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (typeof address === "string" || address === null) throw new Error("the scripted server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      for (const socket of server.clients) socket.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
