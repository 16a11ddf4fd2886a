// Compiled, not run: what must and must not type-check (client.md 15).

import { io, Manager, type Socket } from "./index.ts";

interface ServerToClient {
  news: (title: string, likes: number) => void;
  question: (n: number, answer: (text: string) => void) => void;
}

interface ClientToServer {
  like: (title: string) => void;
  count: (title: string, answer: (likes: number) => void) => void;
}

const socket: Socket<ServerToClient, ClientToServer> = io("http://h");
const typed = io<ServerToClient, ClientToServer>("http://h", { auth: { token: 1 }, retries: 2 });

socket.on("news", (title, likes) => `${title.toUpperCase()} ${likes.toFixed()}`);
socket.on("question", (n, answer) => answer(n.toFixed()));
socket.on("connect_error", (error) => error.message + error.data?.hint);
socket.on("disconnect", (reason, details) => {
  if (reason === "io server disconnect") socket.connect();
  if (details instanceof Error) details.message.trim();
  else details?.description.trim();
});
socket.emit("like", "x");
socket.emit("count", "x", (likes) => likes.toFixed());
socket.timeout(100).emit("count", "x", (error, likes) => error.message + likes.toFixed());
const likes: Promise<number> = typed.emitWithAck("count", "x");
likes.then((n) => n.toFixed());
socket
  .once("news", () => {})
  .off("news")
  .removeAllListeners();
socket.volatile.compress(false).emit("like", "x");
const id: string | undefined = socket.id;
id?.trim();

// @ts-expect-error no such event comes from the server
socket.on("nothing", () => {});
// @ts-expect-error no such event goes to the server
socket.emit("news", "x");
// @ts-expect-error the title is a string
socket.emit("like", 1);
// @ts-expect-error like asks for no answer
socket.emitWithAck("like", "x");

const manager = new Manager("http://h", { reconnectionDelay: 1, query: { a: 1 } });
manager.on("reconnect_attempt", (attempt) => attempt.toFixed());
manager.reconnection(true).reconnectionAttempts(3).timeout(false);
const untyped: Socket<ServerToClient, ClientToServer> = manager.socket("/n", { auth: (cb) => cb({}) });
untyped.io.engine.transport.name.trim();

const anything: Socket = io();
anything.emit("whatever", 1, "two", () => {});
anything.on("whatever", (first, second) => first + second);
anything.emitWithAck("whatever", 1).then((answer) => answer.anything);
