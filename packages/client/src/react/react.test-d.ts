// Compiled, not run: what the hooks take from the event maps of a socket.

import { io, type Socket } from "../index.ts";
import { createSocketContext, useConnection, useEmitWithAck, useEvent, useOwnSocket } from "./index.ts";

interface ServerToClient {
  news: (title: string, likes: number) => void;
  question: (n: number, answer: (text: string) => void) => void;
}

interface ClientToServer {
  like: (title: string) => void;
  count: (title: string, answer: (likes: number) => void) => void;
}

type NewsSocket = Socket<ServerToClient, ClientToServer>;

const { SocketProvider, useSocket } = createSocketContext<NewsSocket>();

export function useNews(): void {
  const socket = useSocket();
  useEvent(socket, "news", (title, likes) => `${title.toUpperCase()} ${likes.toFixed()}`);
  useEvent(socket, "question", (n, answer) => answer(n.toFixed()));
  useEvent(socket, "disconnect", (reason) => reason === "ping timeout");
  useEvent(socket, "connect_error", (error) => error.data.anything);
  // @ts-expect-error no such event comes from the server
  useEvent(socket, "nothing", () => {});
  // @ts-expect-error the title is a string
  useEvent(socket, "news", (title: number) => title);
  // @ts-expect-error there may be no socket yet
  socket.emit("like", "x");
}

export async function useCount(): Promise<void> {
  const { emit, emitWithAck, status, answer, error } = useEmitWithAck(useSocket(), "count", { timeout: 100 });
  const likes: number = await emitWithAck("x");
  if (status === "answered") (answer + likes).toFixed();
  if (status === "failed") error.message.trim();
  // @ts-expect-error there is an answer only when there is one
  answer.toFixed();
  // @ts-expect-error the title is a string
  emit(1);
  // @ts-expect-error the answer comes from emitWithAck
  emit("x").then();
  // @ts-expect-error like asks for no answer
  useEmitWithAck(useSocket(), "like");
}

export function useOwn(): void {
  const socket = useOwnSocket(() => io<ServerToClient, ClientToServer>("/", { autoConnect: false }), "key");
  const same: NewsSocket | undefined = socket;
  const { status, attempt, reason, connect } = useConnection(same);
  if (status === "reconnecting") attempt.toFixed();
  reason?.trim();
  connect();
  // @ts-expect-error no such state
  if (status === "lost") connect();
}

SocketProvider({ create: () => io("/") });
// @ts-expect-error a socket of other events
SocketProvider({ create: () => io<ClientToServer, ServerToClient>("/") });

export function useAnything(anything: Socket): void {
  useEvent(anything, "whatever", (first, second) => first + second);
  useEmitWithAck(anything, "whatever").emit(1, "two");
  useConnection(anything);
}
