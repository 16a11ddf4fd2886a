// What every platform's client does, in every kind of place: it is bundled, so it imports nothing and names no global
// but those of the language.

/** As much of a client socket as the exchange uses; stock clients have it too. */
interface ClientSocket {
  readonly io: { readonly engine: ClientEngine };
  emit(event: string, ...args: unknown[]): unknown;
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  once(event: string, listener: (...args: unknown[]) => void): unknown;
  disconnect(): unknown;
}

interface ClientEngine {
  readonly transport: { readonly name: string };
  once(event: "upgrade", listener: () => void): unknown;
}

type Io = (url: string, options: object) => ClientSocket;

/** Where to, how, and which transport carries the session in the end. */
export interface ExchangePlan {
  readonly url: string;
  readonly options: object;
  readonly finalTransport: string;
}

/** Runs the exchange; what it saw is compared with `expectedNotes`. */
export async function exchange(
  io: Io,
  { url, options, finalTransport }: ExchangePlan,
): Promise<readonly string[]> {
  const notes: string[] = [];
  const auth = { token: "secret" };
  const socket = io(url, { forceNew: true, reconnectionDelay: 50, ...options, auth });
  const welcomed = (): Promise<unknown[]> =>
    new Promise((resolve) => socket.once("welcome", (...args) => resolve(args)));
  socket.on("question", (value, answer) => Object(answer)(`${value}!`));
  notes.push(`welcome ${await welcomed()}`);
  await untilCarriedBy(socket, finalTransport);
  notes.push(`over ${socket.io.engine.transport.name}`);
  notes.push(`echo ${await socket.emitWithAck("echo", "é☕")}`);
  notes.push(`answered ${await socket.emitWithAck("ask", "what")}`);
  notes.push(`binary ${show(await socket.emitWithAck("echo", new Uint8Array([9, 1, 2]).subarray(1)))}`);
  notes.push(`bytes ${Object(await socket.emitWithAck("bytes", 70_000)).byteLength}`);
  notes.push(`sum ${await socket.emitWithAck("sum", new Uint8Array(70_000).fill(2))}`);
  const lost = new Promise((resolve) => socket.once("disconnect", resolve));
  const returned = welcomed();
  socket.emit("sever");
  notes.push(`lost by ${await lost}`);
  notes.push(`welcome ${await returned}`);
  notes.push(`echo ${await socket.emitWithAck("echo", "back")}`);
  socket.disconnect();
  return notes;
}

async function untilCarriedBy(socket: ClientSocket, transport: string): Promise<void> {
  if (socket.io.engine.transport.name === transport) return;
  await new Promise<void>((resolve) => socket.io.engine.once("upgrade", resolve));
}

function show(value: unknown): string {
  return ArrayBuffer.isView(value)
    ? [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)].join()
    : [...new Uint8Array(Object(value))].join();
}

/** What the exchange sees where all is well. */
export function expectedNotes({ finalTransport }: ExchangePlan): readonly string[] {
  return [
    "welcome secret",
    `over ${finalTransport}`,
    "echo é☕",
    "answered what!",
    "binary 1,2",
    "bytes 70000",
    "sum 140000",
    "lost by transport close",
    "welcome secret",
    "echo back",
  ];
}
