// Our client asks our server whether it is still there (design §2.9): offered by a parameter, answered in the open packet.

import { createServer } from "node:http";
import { io } from "@tautline/client";
import { Server } from "@tautline/server";
import { afterEach, expect, it } from "vitest";
import { within } from "./wire/deadline.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(): Promise<{ readonly server: Server; readonly url: string }> {
  const http = createServer();
  const server = new Server(http, { pingInterval: 60_000 });
  closers.push(() => server.close());
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  return { server, url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}` };
}

it("tells only a client that asks that it may ping", async () => {
  const { url } = await start();
  const open = async (query: string): Promise<string> =>
    (await fetch(`${url}/socket.io/?EIO=4&transport=polling${query}`)).text();
  expect(await open("&probes=1")).toMatch(/"maxPayload":1000000,"probes":true}$/);
  expect(await open("")).toMatch(/"maxPayload":1000000}$/);
});

it.each([["polling"], ["websocket"]])("answers a probe over %s", async (transport) => {
  const { server, url } = await start();
  const ends: string[] = [];
  server.on("connection", (socket) => {
    socket.on("disconnect", (reason: string) => ends.push(reason));
  });
  const socket = io(url, { forceNew: true, transports: [transport] });
  closers.push(() => socket.disconnect());
  await within(new Promise<void>((resolve) => socket.once("connect", resolve)), "connect");
  const { engine } = socket.io;
  const answered = new Promise<string>((resolve) => {
    engine.on("packet", ({ type }) => {
      if (type === "pong") resolve(type);
    });
  });
  await expect.poll(() => engine.transport.isIdle()).toBe(true);
  engine.probe();
  expect(engine.isInDoubt).toBe(true);
  expect(await within(answered, "a pong")).toBe("pong");
  expect(engine.isInDoubt).toBe(false);
  expect([engine.readyState, ends]).toEqual(["open", []]);
});
