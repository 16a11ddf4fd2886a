// Type tests: this file is compiled by `npm run check`, never run. The table is server.md §22.4.

import type {
  AllButLast,
  DecorateAcknowledgements,
  DecorateAcknowledgementsWithMultipleResponses,
  DecorateAcknowledgementsWithTimeoutAndMultipleResponses,
  EventNamesWithAck,
  EventNamesWithError,
  EventNamesWithoutAck,
  EventParams,
  FirstNonErrorArg,
  Last,
  RemoveAcknowledgements,
  TypedEventBroadcaster,
} from "@tautline/events/types";
import type {
  DefaultEventsMap,
  DisconnectReason,
  Event,
  ExtendedError,
  Namespace,
  RemoteSocket,
  ServerOptions,
  Socket,
} from "./index.ts";
import { Server } from "./index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function expectType<Expected>(): <Actual>(value: Actual, equal: Equal<Actual, Expected>) => void {
  return () => {};
}

interface ServerToClient {
  withAck: (d: string, cb: (e: number) => void) => void;
  multi: (cb: (a: number, b: string) => void) => void;
  errAck: (cb: (err: Error, v: string) => void) => void;
  noData: (cb: () => void) => void;
  noArg: () => void;
  basic: (a: number, b: string) => void;
}

interface ClientToServer {
  hello: (name: string, cb: (greeting: string) => void) => void;
}

interface InterServer {
  ask: (n: number, cb: (r: string) => void) => void;
}

interface Data {
  user: string;
}

declare const io: Server<ClientToServer, ServerToClient, InterServer, Data>;
declare const socket: Socket<ClientToServer, ServerToClient, InterServer, Data>;

export async function broadcasts(): Promise<void> {
  io.emit("basic", 1, "x");
  io.emit("noArg");
  // @ts-expect-error an event with acknowledgement needs a timeout or an operator
  io.emit("withAck", "x", () => {});
  // @ts-expect-error an argument is missing
  io.emit("basic", 1);
  io.timeout(1).emit("withAck", "x", (err, vals) => {
    expectType<Error>()(err, true);
    expectType<number[]>()(vals, true);
  });
  io.to("r").emit("withAck", "x", (vals) => expectType<number[]>()(vals, true));
  expectType<number[]>()(await io.timeout(1).emitWithAck("withAck", "x"), true);
  // @ts-expect-error without a timeout
  await io.to("r").emitWithAck("withAck", "x");
  socket.broadcast.timeout(1).emit("multi", (err, vals) => {
    expectType<Error>()(err, true);
    expectType<number[]>()(vals, true);
  });
}

export async function oneSocket(): Promise<void> {
  socket.emit("withAck", "x", (n) => expectType<number>()(n, true));
  socket.timeout(5).emit("withAck", "x", (err, n) => {
    expectType<Error>()(err, true);
    expectType<number>()(n, true);
  });
  socket.timeout(5).emit("errAck", (err, v) => {
    expectType<Error>()(err, true);
    expectType<string>()(v, true);
  });
  expectType<number>()(await socket.emitWithAck("withAck", "x"), true);
  expectType<number>()(await socket.timeout(5).emitWithAck("withAck", "x"), true);
  expectType<number>()(await socket.timeout(5).emitWithAck("multi"), true);
  expectType<undefined>()(await socket.emitWithAck("noData"), true);
  socket.on("hello", (name, cb) => {
    expectType<string>()(name, true);
    cb("hi");
  });
  socket.on("disconnect", (reason) => reason === "transport close");
  // @ts-expect-error the client sends no such event
  socket.on("unknown", () => {});
  expectType<string>()(socket.data.user, true);
  // @ts-expect-error not in the data
  socket.data.unknown;
}

export async function betweenServers(): Promise<void> {
  io.serverSideEmit("ask", 1, (err, rs) => {
    expectType<Error>()(err, true);
    expectType<string[]>()(rs, true);
  });
  expectType<string[]>()(await io.serverSideEmitWithAck("ask", 1), true);
  io.on("ask", (n) => expectType<number>()(n, true));
  // @ts-expect-error servers send no such event
  io.on("unknown", () => {});
  io.on("connection", (connected) => expectType<Data>()(connected.data, true));
  const [fetched] = await io.fetchSockets();
  fetched?.timeout(1).emit("withAck", "x", (_err, v) => expectType<number>()(v, true));
}

export function untyped(): void {
  const plain = new Server();
  plain.emit("anything", 1, "two", { three: true });
  plain.on("connection", (connected) => {
    connected.on("whatever", (a, b) => connected.emit("else", a, b, () => {}));
    connected.data.anything = 1;
  });
  const orders: Namespace<ClientToServer, ServerToClient, InterServer, Data> = plain.of("/orders");
  orders.emit("noArg");
}

/** Every part that broadcasts types its acknowledgements alike (server.md §22.3). */
export function operators(nsp: Namespace<ClientToServer, ServerToClient, InterServer, Data>): void {
  for (const operator of [
    io.in("r"),
    io.except("r"),
    io.compress(true),
    io.volatile,
    io.local,
    nsp.to("r"),
    nsp.volatile,
    socket.to("r"),
    socket.in(["r", "s"]),
    socket.except("r"),
    socket.broadcast,
    socket.local,
  ]) {
    operator.emit("multi", (vals) => expectType<number[]>()(vals, true));
    operator.timeout(1).emit("multi", (err, vals) => {
      expectType<Error>()(err, true);
      expectType<number[]>()(vals, true);
    });
  }
  nsp.emit("basic", 1, "x");
  // @ts-expect-error an event with acknowledgement needs a timeout or an operator
  nsp.emit("multi", () => {});
  // @ts-expect-error without a timeout
  nsp.emitWithAck("multi");
  // @ts-expect-error the event has no acknowledgement
  socket.emitWithAck("basic", 1, "x");
  const broadcasters: TypedEventBroadcaster<Pick<ServerToClient, "basic">>[] = [io.to("r"), socket];
  broadcasters[0]?.emit("basic", 1, "x");
}

export async function listeners(): Promise<void> {
  io.on("new_namespace", (namespace) => expectType<string>()(namespace.name, true));
  io.of("/orders").on("connect", (connected) => expectType<Data>()(connected.data, true));
  io.use((connecting, next) => {
    expectType<Data>()(connecting.data, true);
    const refusal: ExtendedError = new Error("no");
    refusal.data = { code: 1 };
    next(refusal);
  });
  socket.use(([name, ...args]: Event, next) => next(name === "" ? new Error(String(args)) : undefined));
  socket.on("disconnecting", (reason, description) => {
    expectType<DisconnectReason>()(reason, true);
    expectType<unknown>()(description, true);
  });
  socket.on("error", (error) => expectType<Error>()(error, true));
  socket.on("hello", async (name, ack) => ack(await Promise.resolve(name)));
  socket.onAny((event, ...args) => expectType<string>()(event, true) ?? args);
  expectType<Data>()((await io.fetchSockets())[0]?.data ?? { user: "" }, true);
  const remote: RemoteSocket<ServerToClient, Data>[] = await io.in("r").fetchSockets();
  remote[0]?.emit("noArg");
}

export function options(): void {
  const given: Partial<ServerOptions> = { cors: { origin: true } };
  const typed: Server<ClientToServer, ServerToClient, InterServer, Data> = new Server(given);
  const anything: Server = new Server<DefaultEventsMap>(3000, given);
  typed.to("r");
  anything.emit("x");
  // @ts-expect-error there is no such option
  new Server({ pingTimout: 5 });
  // @ts-expect-error rooms are strings
  io.to(5);
}

/** The helper types (server.md §22.2). */
export const helpers: [
  Equal<EventParams<ServerToClient, "basic">, [a: number, b: string]>,
  Equal<EventNamesWithAck<ServerToClient>, "withAck" | "multi" | "errAck" | "noData">,
  Equal<EventNamesWithoutAck<ServerToClient>, "noArg" | "basic">,
  Equal<EventNamesWithError<ServerToClient>, "errAck">,
  Equal<keyof RemoveAcknowledgements<ServerToClient>, "noArg" | "basic">,
  Equal<Last<[1, 2, 3]>, 3>,
  Equal<AllButLast<[1, 2, 3]>, [1, 2]>,
  Equal<FirstNonErrorArg<(a: number, b: string) => void>, number>,
  Equal<FirstNonErrorArg<(err: Error, b: string) => void>, string>,
  Equal<
    EventParams<DecorateAcknowledgements<ServerToClient>, "multi">,
    [cb: (err: Error, a: number, b: string) => void]
  >,
  Equal<
    EventParams<DecorateAcknowledgements<ServerToClient>, "errAck">,
    [cb: (err: Error, v: string) => void]
  >,
  Equal<
    EventParams<DecorateAcknowledgementsWithMultipleResponses<ServerToClient>, "multi">,
    [cb: (a: number[]) => void]
  >,
  Equal<
    EventParams<DecorateAcknowledgementsWithTimeoutAndMultipleResponses<ServerToClient>, "withAck">,
    [d: string, cb: (err: Error, e: number[]) => void]
  >,
  Equal<EventNamesWithAck<DefaultEventsMap>, string>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true, true];
