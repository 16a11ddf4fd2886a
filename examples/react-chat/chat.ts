// A chat in one room. A client brings its `name` in the handshake's auth.

import type { DefaultEventsMap, Server } from "@tautline/server";
import type { ClientToServer, Message, ServerToClient } from "./events.ts";

export type ChatServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, { name: string }>;

const LONGEST_NAME = 30;
const LONGEST_TEXT = 500;
const HISTORY_LENGTH = 100;

export function serveChat(io: ChatServer): void {
  const history: Message[] = [];
  let nextId = 1;

  io.use((socket, next) => {
    const name = readText(socket.handshake.auth.name, LONGEST_NAME);
    if (name === undefined) return next(new Error(`a name has 1 to ${LONGEST_NAME} characters`));
    socket.data.name = name;
    next();
  });

  io.on("connection", (socket) => {
    socket.emit("history", history);

    socket.on("say", (input, done) => {
      if (typeof done !== "function") return;
      const text = readText(input, LONGEST_TEXT);
      if (text === undefined) return done(`a message has 1 to ${LONGEST_TEXT} characters`);
      const message = { id: nextId++, name: socket.data.name, text };
      history.push(message);
      if (history.length > HISTORY_LENGTH) history.shift();
      io.emit("message", message);
      done();
    });
  });
}

/** The text without the space around it; nothing if it is no text, empty, or too long. A client may send anything. */
function readText(input: unknown, longest: number): string | undefined {
  const text = typeof input === "string" ? input.trim() : "";
  return text === "" || text.length > longest ? undefined : text;
}
