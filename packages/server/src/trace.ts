// What the DEBUG environment variable shows (server.md §24). It listens to the same events as any program could, so that
// the rest of the code knows nothing of it and a server that is not traced pays nothing.
//
// Session ids and what clients send to authenticate themselves are secrets: the former are cut, the latter left out.

import { inspect } from "node:util";
import type { ConnectionError } from "@tautline/engine/engine-events";
import type { Session } from "@tautline/engine/session";
import { type DebugScope, isScopeEnabled } from "./debug-scopes.ts";
import type { Registry } from "./main-namespace.ts";
import type { Socket } from "./socket.ts";

type Say = (...texts: string[]) => void;

type Source = Pick<Registry, "on">;

interface TracedNamespace extends Registry {
  readonly name: string;
  readonly adapter: object;
}

/** Writes one line for each thing that happens in the scopes that are asked for. */
export class Trace {
  readonly #setting: string;
  readonly #write: (line: string) => void;

  constructor(setting: string, write: (line: string) => void) {
    this.#setting = setting;
    this.#write = write;
  }

  /** Follows the main namespace, and each that comes. */
  followNamespaces(main: TracedNamespace): void {
    this.#followNamespace(main);
    main.on("new_namespace", (nsp: TracedNamespace) => this.#followNamespace(nsp));
  }

  /** Follows the requests and sessions of an engine, ours or another. */
  followEngine(engine: Source): void {
    this.#in("engine", (say) => {
      engine.on("connection_error", ({ code, message, context }: ConnectionError<unknown>) => {
        say(`refused a request: ${code} ${message}`, show(context));
      });
      engine.on("connection", ({ id, transport }: Session<unknown>) => {
        say(`session ${cut(id)} opened by ${transport.name}`);
      });
    });
    this.#in("engine:socket", (say) => {
      engine.on("connection", (session: Session<unknown>) => followSession(session, say));
    });
    this.#in("socket.io:client", (say) => {
      engine.on("connection", (session: Session<unknown>) => {
        session.on("close", (reason) => say(`client of session ${cut(session.id)} is gone: ${reason}`));
      });
    });
  }

  /** Says something about the server itself. */
  sayOfServer(text: string): void {
    this.#in("socket.io:server", (say) => say(text));
  }

  #followNamespace(nsp: TracedNamespace): void {
    this.#in("socket.io:namespace", (say) => {
      say(`namespace ${nsp.name} made`);
      nsp.on("connection", (socket: Socket) => say(`socket ${socket.id} joined ${nsp.name}`));
    });
    this.#in("socket.io:socket", (say) => {
      nsp.on("connection", (socket: Socket) => followSocket(socket, say));
    });
    const { name, adapter } = nsp;
    this.#in("socket.io-adapter", (say) => {
      if (isSource(adapter)) followAdapter(name, adapter, say);
    });
  }

  #in(scope: DebugScope, follow: (say: Say) => void): void {
    if (!isScopeEnabled(this.#setting, scope)) return;
    follow((...texts) => this.#write(`${new Date().toISOString()} ${scope} ${texts.join(" ")}\n`));
  }
}

function followAdapter(name: string, adapter: Source, say: Say): void {
  for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) {
    adapter.on(event, (...args: unknown[]) => say(`${name}: ${event}`, ...args.map(show)));
  }
}

function followSocket(socket: Socket, say: Say): void {
  socket.onAny((event, ...args) => say(`${socket.id} got "${event}"`, ...args.map(show)));
  socket.onAnyOutgoing((event, ...args) => say(`${socket.id} is sent "${event}"`, ...args.map(show)));
  socket.on("disconnect", (reason) => say(`${socket.id} is gone: ${reason}`));
}

function followSession(session: Session<unknown>, say: Say): void {
  const id = cut(session.id);
  session.on("packet", ({ type, data }) => say(`${id} got ${type} of ${data?.length ?? 0}`));
  session.on("packetCreate", ({ type, data }) => say(`${id} is sent ${type} of ${data?.length ?? 0}`));
  session.on("upgrading", ({ name }) => say(`${id} tries ${name}`));
  session.on("upgrade", ({ name }) => say(`${id} moved to ${name}`));
  session.on("close", (reason) => say(`${id} closed: ${reason}`));
}

function isSource(value: object): value is Source {
  return "on" in value && typeof value.on === "function";
}

function cut(sessionId: string): string {
  return `${sessionId.slice(0, 4)}…`;
}

function show(value: unknown): string {
  return inspect(value, {
    depth: 3,
    maxStringLength: 200,
    maxArrayLength: 20,
    breakLength: Number.POSITIVE_INFINITY,
  });
}
