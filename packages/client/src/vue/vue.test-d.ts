// Compiled, not run: what the composables take from the event maps of a socket.

import { computed } from "vue";
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

const { provideSocket, useSocket } = createSocketContext<NewsSocket>();

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
  socket.value.emit("like", "x");
}

export async function useCount(): Promise<void> {
  const { emit, emitWithAck, state } = useEmitWithAck(useSocket(), "count", { timeout: 100 });
  const likes: number = await emitWithAck("x");
  if (state.value.status === "answered") (state.value.answer + likes).toFixed();
  if (state.value.status === "failed") state.value.error.message.trim();
  // @ts-expect-error there is an answer only when there is one
  state.value.answer.toFixed();
  // @ts-expect-error the title is a string
  emit(1);
  // @ts-expect-error the answer comes from emitWithAck
  emit("x").then();
  // @ts-expect-error like asks for no answer
  useEmitWithAck(useSocket(), "like");
}

export function useOwn(room: { name: string }): void {
  const socket = useOwnSocket(
    () => io<ServerToClient, ClientToServer>("/", { autoConnect: false }),
    () => room.name,
  );
  const same: NewsSocket | undefined = socket.value;
  same?.volatile.emit("like", "x");
  const connection = useConnection(socket);
  const isOnline: boolean = computed(() => connection.value.status === "connected").value;
  if (!isOnline) connection.value.connect();
  // @ts-expect-error no such state
  if (connection.value.status === "lost") connection.value.connect();
}

provideSocket(() => io("/"));
// @ts-expect-error a socket of other events
provideSocket(() => io<ClientToServer, ServerToClient>("/"));

export function useAnything(anything: Socket): void {
  useEvent(
    () => anything,
    "whatever",
    (first) => first.anything,
  );
  useEvent(anything, "whatever", (first, second) => first + second);
  useEmitWithAck(anything, "whatever").emit(1, "two");
  useConnection(anything);
}
