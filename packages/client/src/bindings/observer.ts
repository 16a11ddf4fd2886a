// One observer for each socket, however many components look at its connection: they all see the same one.

import type { AnyListener } from "@tautline/events/types";
import type { DisconnectReason, ExtendedError } from "../socket-types.ts";
import type { Connection } from "./connection.ts";

interface EventSource<Name extends string> {
  on(event: Name, listener: AnyListener): unknown;
  off(event: Name, listener: AnyListener): unknown;
}

/** What is observed of a socket; every `Socket` has it. */
export interface ObservedSocket extends EventSource<"connect" | "disconnect" | "connect_error"> {
  readonly active: boolean;
  readonly connected: boolean;
  readonly recovered: boolean;
  readonly id?: string | undefined;
  readonly io: ObservedManager;
  connect(): unknown;
  disconnect(): unknown;
}

interface ObservedManager extends EventSource<"close" | "reconnect_attempt" | "reconnect_failed"> {
  readonly engine: ObservedEngine;
  reconnection(): boolean;
}

interface ObservedEngine extends EventSource<"upgrade"> {
  readonly transport: { readonly name: string };
}

/** Tells of one socket's connection. */
export interface Observer {
  /** The same object as long as nothing has changed. */
  readonly read: () => Connection;
  /** Calls a function after each change, until the function that it returns is called. */
  readonly subscribe: (onChange: () => void) => () => void;
}

/** What has gone wrong since the socket was connected, or since it was told to connect. */
type Trouble = "none" | "retrying" | "given up";

const observers = new WeakMap<ObservedSocket, Observer>();

/** The observer of a socket. */
export function observe(socket: ObservedSocket): Observer {
  const known = observers.get(socket);
  if (known) return known;
  const observer = new SocketObserver(socket);
  observers.set(socket, observer);
  return observer;
}

class SocketObserver implements Observer {
  readonly #socket: ObservedSocket;
  readonly #subscribers = new Set<() => void>();
  #trouble: Trouble = "none";
  #attempt = 0;
  #error: ExtendedError | undefined;
  #reason: DisconnectReason | undefined;
  #shown: Connection;
  /** What the subscribers know; somebody may have read a later one by himself. */
  #told: Connection;
  /** Listens while anybody has subscribed. */
  #unlisten: (() => void) | undefined;
  #unlistenEngine: (() => void) | undefined;

  constructor(socket: ObservedSocket) {
    this.#socket = socket;
    this.#shown = this.#look();
    this.#told = this.#shown;
  }

  readonly read = (): Connection => {
    const seen = this.#look();
    if (!isSame(seen, this.#shown)) this.#shown = seen;
    return this.#shown;
  };

  readonly subscribe = (onChange: () => void): (() => void) => {
    const subscriber = (): void => onChange();
    this.#subscribers.add(subscriber);
    this.#unlisten ??= this.#listen();
    return () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size > 0) return;
      this.#unlisten?.();
      this.#unlisten = undefined;
    };
  };

  readonly #connect = (): void => {
    if (!this.#socket.active || this.#trouble === "given up") this.#trouble = "none";
    this.#socket.connect();
    this.#tell();
  };

  readonly #disconnect = (): void => {
    this.#socket.disconnect();
    this.#tell();
  };

  #look(): Connection {
    const { connected, id, recovered, io } = this.#socket;
    return {
      status: this.#status(),
      attempt: connected ? 0 : this.#attempt,
      error: connected ? undefined : this.#error,
      reason: connected ? undefined : this.#reason,
      transport: connected ? io.engine.transport.name : undefined,
      id,
      recovered: connected && recovered,
      connect: this.#connect,
      disconnect: this.#disconnect,
    };
  }

  #status(): Connection["status"] {
    const { active, connected, io } = this.#socket;
    if (connected) return "connected";
    if (!active || this.#trouble === "given up") return "disconnected";
    if (this.#trouble === "none") return "connecting";
    return io.reconnection() ? "reconnecting" : "disconnected";
  }

  #tell(): void {
    const connection = this.read();
    if (connection === this.#told) return;
    this.#told = connection;
    for (const subscriber of [...this.#subscribers]) subscriber();
  }

  #listen(): () => void {
    const socket = this.#socket;
    const unlisten = [
      this.#follow(socket, "connect", () => this.#onConnect()),
      this.#follow(socket, "disconnect", (reason: DisconnectReason) => this.#onTrouble({ reason })),
      this.#follow(socket, "connect_error", (error: ExtendedError) => this.#onTrouble({ error })),
      this.#follow(socket.io, "reconnect_attempt", (attempt: number) => {
        this.#trouble = "retrying";
        this.#attempt = attempt;
      }),
      this.#follow(socket.io, "reconnect_failed", () => {
        this.#trouble = "given up";
      }),
      this.#follow(socket.io, "close", (reason: DisconnectReason) => {
        if (reason === "forced close") this.#onForcedClose();
      }),
    ];
    // What has happened while nobody looked.
    if (socket.connected) this.#onConnect();
    return () => {
      for (const one of unlisten) one();
      this.#unlistenEngine?.();
    };
  }

  #onConnect(): void {
    this.#trouble = "none";
    this.#attempt = 0;
    this.#error = undefined;
    this.#reason = undefined;
    this.#unlistenEngine?.();
    this.#unlistenEngine = this.#follow(this.#socket.io.engine, "upgrade", () => {});
  }

  #onTrouble({ reason, error }: { reason?: DisconnectReason; error?: ExtendedError }): void {
    // Whoever has left, or was refused, has nothing to try again.
    this.#trouble = this.#socket.active ? "retrying" : "none";
    if (reason) this.#reason = reason;
    if (error) this.#error = error;
    if (reason === "forced close") this.#onForcedClose();
  }

  /** The program has closed the manager behind the back of its sockets: they stay active, but nobody tries. */
  #onForcedClose(): void {
    if (this.#socket.active) this.#trouble = "given up";
  }

  #follow<Name extends string>(source: EventSource<Name>, event: Name, listener: AnyListener): () => void {
    const onEvent: AnyListener = (...args) => {
      listener(...args);
      this.#tell();
    };
    source.on(event, onEvent);
    return () => source.off(event, onEvent);
  }
}

function isSame(one: Connection, other: Connection): boolean {
  const entries: [string, unknown][] = Object.entries(one);
  return entries.every(([name, value]) => Reflect.get(other, name) === value);
}
