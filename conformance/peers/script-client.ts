import { within } from "../wire/deadline.ts";
import {
  type ClientKind,
  type ClientPeer,
  type ClientPeerOptions,
  type ClientTraits,
  transportsOf,
} from "./client-peer.ts";
import { Inbox, plain } from "./inbox.ts";
import { clientEvents } from "./vocabulary.ts";

// JavaScript clients in this process: ours and the three published generations of socket.io-client.

type Listener = (...args: unknown[]) => void;

interface Socket {
  on(event: string, listener: Listener): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  connect(): unknown;
  disconnect(): unknown;
  readonly io: Manager;
}

interface Manager {
  readonly engine?: { readonly transport?: { readonly name: string } };
  socket(namespace: string, options?: Record<string, unknown>): Socket;
}

/** The `io` that all of them export. */
export type IoFunction = (url: string, options: Record<string, unknown>) => Socket;

/** Connects a client made by `io`; resolves at once, the life cycle is in the inbox. */
export function connectScriptClient(
  kind: ClientKind,
  traits: ClientTraits,
  io: IoFunction,
  url: string,
  options: ClientPeerOptions,
): ClientPeer {
  const socket = io(url + (options.namespace ?? "/"), {
    transports: [...transportsOf(options.mode)],
    forceNew: true,
    reconnection: options.reconnection ?? false,
    reconnectionDelay: 20,
    reconnectionDelayMax: 60,
    ...(options.parser && { parser: options.parser }),
    ...credentials(traits, options.auth),
  });
  return new ScriptClient(kind, traits, socket);
}

// SIO §33: clients of Engine.IO 3 authenticate in the query of the namespace.
function credentials(
  traits: ClientTraits,
  auth: ClientPeerOptions["auth"],
): Record<string, Readonly<Record<string, unknown>>> {
  if (auth === undefined) return {};
  return traits.revision === 4 ? { auth } : { query: auth };
}

class ScriptClient implements ClientPeer {
  readonly kind: ClientKind;
  readonly traits: ClientTraits;
  readonly inbox: Inbox;
  readonly #socket: Socket;

  constructor(kind: ClientKind, traits: ClientTraits, socket: Socket) {
    this.kind = kind;
    this.traits = traits;
    this.inbox = new Inbox(kind);
    this.#socket = socket;
    this.#listen();
  }

  async transport(): Promise<string> {
    return this.#socket.io.engine?.transport?.name ?? "none";
  }

  emit(event: string, ...args: unknown[]): void {
    this.#socket.emit(event, ...args);
  }

  ask(event: string, ...args: unknown[]): Promise<unknown[]> {
    const answer = new Promise<unknown[]>((resolve) => {
      this.#socket.emit(event, ...args, (...values: unknown[]) => resolve(values.map(plain)));
    });
    return within(answer, `acknowledgement of "${event}" at ${this.kind}`);
  }

  async askWithin(timeoutMs: number, event: string, ...args: unknown[]): Promise<unknown> {
    if (!canPromise(this.#socket)) throw new Error(`${this.kind} has no promises`);
    return plain(await this.#socket.timeout(timeoutMs).emitWithAck(event, ...args));
  }

  namespace(name: string, auth?: Readonly<Record<string, unknown>>): ClientPeer {
    const socket = this.#socket.io.socket(name, credentials(this.traits, auth));
    return new ScriptClient(this.kind, this.traits, socket);
  }

  disconnect(): void {
    this.#socket.disconnect();
  }

  connect(): void {
    this.#socket.connect();
  }

  async close(): Promise<void> {
    this.#socket.disconnect();
  }

  #listen(): void {
    const { inbox } = this;
    const socket = this.#socket;
    for (const event of ["connect", "disconnect", ...clientEvents]) {
      socket.on(event, (...args) => inbox.deliver(event, args));
    }
    socket.on("question", (...args) => {
      const answer = args.pop();
      if (typeof answer === "function") answer(...args);
    });
    socket.on("riddle", () => {});
    const refusal = this.traits.refusal === "data" ? "error" : "connect_error";
    socket.on(refusal, (error) => inbox.deliver("connect_error", [refusalOf(error)]));
  }
}

interface Promising {
  timeout(timeoutMs: number): { emitWithAck(event: string, ...args: unknown[]): Promise<unknown> };
}

function canPromise(socket: object): socket is Promising {
  return "timeout" in socket;
}

function refusalOf(error: unknown): { message?: unknown; data?: unknown } {
  if (typeof error === "string") return { message: error };
  if (!(error instanceof Error)) return { data: error };
  return { message: error.message, data: "data" in error ? error.data : undefined };
}
