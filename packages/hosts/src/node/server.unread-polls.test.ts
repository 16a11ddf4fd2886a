import { connect, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";

// SEC §4: every byte that the system has not taken counts against the session, also of answers to earlier polls.

const LIMIT = 16 * 1024 * 1024;
/** Of one answer: below the limit, and far above what the system's own buffers take. */
const ANSWER_BYTES = 14_000_000;

let test: TestEngine;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await test.close();
});

/** One poll on a connection of its own, of whose answer nothing is read. */
function pollUnread(sid: string): Socket {
  const socket = connect(test.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  socket.write(`GET /engine.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  sockets.push(socket);
  return socket;
}

/** A session that was sent one large answer by a poll of which nothing is read. */
async function openUnread(): Promise<{ session: TestEngine["session"]; unread: Socket }> {
  test = await TestEngine.start({ httpCompression: false });
  await test.fetch("?EIO=4&transport=polling");
  const { session } = test;
  const unread = await answerUnread(session);
  expect(session.transport.bufferedBytes).toBeGreaterThan(1_000_000);
  return { session, unread };
}

async function answerUnread(session: TestEngine["session"]): Promise<Socket> {
  session.send("x".repeat(ANSWER_BYTES));
  const isOver = new Promise<void>((resolve) => {
    session.once("drain", resolve);
    session.once("close", () => resolve());
  });
  const unread = pollUnread(session.id);
  await isOver;
  return unread;
}

it("closes a peer that polls by ever new connections and reads none of the answers", async () => {
  const { session } = await openUnread();
  let heldBytes = 0;
  for (let polls = 0; session.readyState === "open" && polls < 20; polls += 1) {
    heldBytes = Math.max(heldBytes, session.bufferedBytes);
    await answerUnread(session);
  }
  expect(test.endings).toEqual([
    {
      reason: "slow consumer",
      message: expect.stringMatching(/^\d+ bytes wait for a peer that does not read$/),
    },
  ]);
  expect(heldBytes).toBeLessThan(LIMIT + ANSWER_BYTES);
  expect(session.transport.bufferedBytes).toBe(0);
  expect(test.engine.clientsCount).toBe(0);
});

it("cuts the connections whose answers nobody reads, and no others", async () => {
  const { session, unread } = await openUnread();
  await test.fetch("?EIO=4&transport=polling");
  const bystander = test.session;
  while (session.readyState === "open") await answerUnread(session);
  let received = 0;
  unread.on("data", (piece) => {
    received += piece.length;
  });
  unread.resume();
  await new Promise((resolve) => unread.once("close", resolve));
  expect(received).toBeLessThan(ANSWER_BYTES);
  expect(bystander.readyState).toBe("open");
});

it("lets a slow peer read on, as long as it asks for nothing more", async () => {
  const { session, unread } = await openUnread();
  let received = 0;
  const isRead = new Promise<void>((resolve) => {
    unread.on("data", (piece) => {
      received += piece.length;
      if (received >= ANSWER_BYTES) resolve();
    });
  });
  unread.resume();
  await isRead;
  expect((await test.fetch("?EIO=4&transport=polling")).status).toBe(200);
  expect(session.readyState).toBe("open");
  expect(session.transport.bufferedBytes).toBe(0);
});
