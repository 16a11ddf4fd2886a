import { setTimeout as wait } from "node:timers/promises";
import type { ServerTraits } from "./server-peer.ts";

// The application that every JavaScript server peer runs; vocabulary.ts tells what its events mean. It uses only
// what socket.io 4.8 offers, typed by the few members it touches.

type Listener = (...args: never[]) => unknown;
type Ack = (...answer: unknown[]) => void;

interface Emitting {
  emit(event: string, ...args: unknown[]): unknown;
}

interface Operator extends Emitting {
  to(room: string | string[]): Operator;
  except(room: string | string[]): Operator;
  timeout(timeoutMs: number): Operator;
  readonly volatile: Operator;
}

interface ServerSocket extends Emitting {
  readonly id: string;
  readonly rooms: Set<string>;
  readonly handshake: { readonly auth: Record<string, unknown> };
  readonly conn: { readonly transport: { readonly name: string } };
  readonly nsp: Operator;
  readonly broadcast: Operator;
  readonly recovered: boolean;
  timeout(timeoutMs: number): Emitting & { emitWithAck(event: string, ...args: unknown[]): Promise<unknown> };
  on(event: string, listener: Listener): unknown;
  join(room: string): unknown;
  leave(room: string): unknown;
  disconnect(close?: boolean): unknown;
}

interface Namespace extends Operator {
  on(event: "connection", listener: (socket: ServerSocket) => void): unknown;
  use(middleware: (socket: ServerSocket, next: (error?: Error) => void) => void): unknown;
}

/** As much of a socket.io server as the application needs. */
export interface IoServer {
  of(name: string | RegExp): Namespace;
  close(): unknown;
}

interface Audience {
  readonly to?: string | string[];
  readonly except?: string | string[];
  readonly others?: boolean;
  readonly volatile?: boolean;
}

class Refusal extends Error {
  readonly data = { retry: false };
}

/** Installs the application on a server of the socket.io API. */
export function installApplication(io: IoServer, traits: ServerTraits): void {
  for (const name of ["/", "/orders", "/vault"]) serve(io.of(name));
  if (traits.hasDynamicNamespaces) serve(io.of(/^\/room-\d+$/));
  io.of("/vault").use((socket, next) => {
    if (socket.handshake.auth.token === "open") return next();
    next(new Refusal("token expired"));
  });
}

function serve(namespace: Namespace): void {
  const departures = new Map<string, string>();
  namespace.on("connection", (socket) => {
    answerQuestions(socket);
    keepCounts(socket);
    askTheClient(socket);
    manageRooms(socket);
    socket.on("disconnect", (reason: string) => departures.set(socket.id, reason));
    socket.on("departed", async (id: string, ack: Ack) => {
      for (let waited = 0; !departures.has(id) && waited < 10_000; waited += 10) await wait(10);
      ack(departures.get(id));
    });
  });
}

function answerQuestions(socket: ServerSocket): void {
  socket.on("echo", (...args: unknown[]) => socket.emit("echo", ...args));
  socket.on("ask", (...args: unknown[]) => {
    const ack = args.pop();
    if (typeof ack === "function") ack(...args);
  });
  socket.on("hold", () => {});
  socket.on("who", (ack: Ack) =>
    ack({
      id: socket.id,
      transport: socket.conn.transport.name,
      auth: { ...socket.handshake.auth },
      rooms: [...socket.rooms],
      recovered: socket.recovered,
    }),
  );
  socket.on("leave-me", () => socket.disconnect());
  socket.on("kick-me", () => socket.disconnect(true));
}

function keepCounts(socket: ServerSocket): void {
  let received = 0;
  let isInOrder = true;
  socket.on("count", (n: number) => {
    isInOrder &&= n === received;
    received += 1;
  });
  socket.on("counted", (ack: Ack) => ack(received, isInOrder));
  socket.on("burst", (count: number) => {
    for (let n = 0; n < count; n += 1) socket.emit("tick", n);
  });
  socket.on("drip", async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      socket.emit("tick", n);
      if (n % 10 === 9) await wait(1);
    }
  });
}

function askTheClient(socket: ServerSocket): void {
  socket.on("question-me", (...args: unknown[]) => {
    const ack = args.pop();
    if (typeof ack !== "function") return;
    socket.timeout(10_000).emit("question", ...args, (error: Error | null, ...answer: unknown[]) => {
      ack(...(error ? [error.message] : answer));
    });
  });
  socket.on("promise-me", async (value: unknown, ack: Ack) => {
    ack(await socket.timeout(10_000).emitWithAck("question", value));
  });
  socket.on("riddle-me", (ack: Ack) => {
    socket
      .timeout(50)
      .emit("riddle", (error: Error | null) => ack(error === null ? "answered" : error.message));
  });
  socket.on("survey", (value: unknown, ack: Ack) => {
    socket.nsp.timeout(5_000).emit("question", value, (error: Error | null, answers: unknown) => {
      ack(error === null ? answers : error.message);
    });
  });
}

function manageRooms(socket: ServerSocket): void {
  socket.on("join", async (room: string, ack: Ack) => ack(await socket.join(room)));
  socket.on("leave", async (room: string, ack: Ack) => ack(await socket.leave(room)));
  socket.on("publish", (audience: Audience, ...args: unknown[]) => {
    let operator: Operator = audience.others ? socket.broadcast : socket.nsp;
    if (audience.to !== undefined) operator = operator.to(audience.to);
    if (audience.except !== undefined) operator = operator.except(audience.except);
    if (audience.volatile) operator = operator.volatile;
    operator.emit("news", ...args);
  });
  socket.on("publish-volatile", (count: number) => {
    for (let n = 0; n < count; n += 1) socket.nsp.volatile.emit("news", n);
    socket.nsp.emit("news", "end");
  });
}
