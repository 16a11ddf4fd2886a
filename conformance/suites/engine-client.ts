import { createRequire } from "node:module";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Mode, modes, transportsOf } from "../peers/client-peer.ts";
import { Inbox } from "../peers/inbox.ts";
import { type EngineSession, type RawEngine, startRawEngine } from "../peers/raw-engine.ts";
import type { NodeServerKind } from "../peers/start-server.ts";
import { MANY } from "../peers/vocabulary.ts";
import { until, within } from "../wire/deadline.ts";
import { startProxy } from "../wire/frozen-proxy.ts";

interface EngineClient {
  readonly id: string;
  readonly transport: { readonly name: string };
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  send(data: string | Uint8Array): unknown;
  close(): unknown;
}

/** The published engine.io-client against a server's engine: raw messages, without Socket.IO. */
export function engineClient(kind: NodeServerKind): void {
  describe.each(modes)(`engine.io-client with the engine of ${kind}, %s`, (mode) => {
    let engine: RawEngine;
    const clients: EngineClient[] = [];

    beforeAll(async () => {
      engine = await startRawEngine(kind, { maxHttpBufferSize: 4_000_000 }, echo);
    });
    afterEach(() => {
      for (const client of clients.splice(0)) client.close();
    });
    afterAll(() => engine.close());

    const connect = async (url: string = engine.url): Promise<{ client: EngineClient; inbox: Inbox }> => {
      const { client, inbox } = await open(url, mode);
      clients.push(client);
      return { client, inbox };
    };

    it("carries thousands of messages in order, there and back", async () => {
      const { client, inbox } = await connect();
      for (let n = 0; n < MANY; n += 1) client.send(`${n}`);
      const echoes = await inbox.take("message", MANY);
      expect(echoes.findIndex(([text], at) => text !== `${at}`)).toBe(-1);
    });

    it("keeps text and binary apart, of every size", async () => {
      const { client, inbox } = await connect();
      for (const size of [0, 1, 125, 126, 65_535, 65_536, 2_000_000]) {
        const bytes = Buffer.alloc(size, size & 0xff);
        client.send(bytes);
        const [echoed] = await inbox.next("message");
        expect(Buffer.isBuffer(echoed) && echoed.equals(bytes)).toBe(true);
      }
      client.send("naïve ☕ 😀 b4 ");
      expect(await inbox.next("message")).toEqual(["naïve ☕ 😀 b4 "]);
    });

    it("closes from its side", async () => {
      const { client, inbox } = await connect();
      const { closed } = engine.latest();
      client.close();
      expect((await inbox.next("close"))[0]).toBe("forced close");
      expect((await within(closed, "close")).reason).toBe("transport close");
    });

    it("is closed by the server", async () => {
      const { inbox } = await connect();
      const { session, closed } = engine.latest();
      session.close();
      expect((await inbox.next("close"))[0]).toBe("transport close");
      expect((await within(closed, "close")).reason).toBe("forced close");
    });

    it("finds a half-open connection, as does the server", async () => {
      const beating = await startRawEngine(kind, { pingInterval: 300, pingTimeout: 300 });
      const proxy = await startProxy(beating.url);
      const { inbox } = await connect(proxy.url);
      const { closed } = beating.latest();
      proxy.freeze();
      expect((await inbox.next("close"))[0]).toBe("ping timeout");
      expect((await within(closed, "close")).reason).toBe("ping timeout");
      await proxy.close();
      await beating.close();
    });
  });
}

async function open(url: string, mode: Mode): Promise<{ client: EngineClient; inbox: Inbox }> {
  const { Socket } = createRequire(import.meta.url)("engine.io-client");
  const client: EngineClient = new Socket(url, { path: "/socket.io", transports: [...transportsOf(mode)] });
  const inbox = new Inbox("engine.io-client");
  for (const event of ["open", "message", "close"]) client.on(event, (...args) => inbox.deliver(event, args));
  await inbox.next("open");
  if (mode === "upgraded") await until(() => client.transport.name === "websocket", "upgrade");
  return { client, inbox };
}

function echo(session: EngineSession): void {
  session.on("message", (data: string | Uint8Array) => session.send(data));
}
