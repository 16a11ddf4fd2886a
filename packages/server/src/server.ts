// The Socket.IO server, whatever the runtime: namespaces on top of an engine. node-server.ts attaches it to Node.

import { Adapter } from "@tautline/adapter/adapter";
import type { BroadcastPacket } from "@tautline/adapter/namespace-view";
import type { KeptPacket } from "@tautline/adapter/recovery";
import { SessionAwareAdapter } from "@tautline/adapter/session-aware-adapter";
import { DeadlineQueue } from "@tautline/engine/deadlines";
import type { SlowConsumerPolicy } from "@tautline/engine/outbound-packet";
import { type FillRandom, SessionIds } from "@tautline/engine/session-ids";
import type { Clock } from "@tautline/events/clock";
import { guardReport, type Report } from "@tautline/events/guard";
import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import type { SocketPacket } from "@tautline/protocol/socket-packet";
import { checkOptions } from "./check-options.ts";
import { Connection, type ConnectionScope } from "./connection.ts";
import { Inbox } from "./inbox.ts";
import { decodeEvent, keep } from "./kept-packets.ts";
import { MainNamespaceFacade, untyped } from "./main-namespace.ts";
import { Namespace, type NamespaceScope } from "./namespace.ts";
import type { AdapterFactory } from "./namespace-adapter.ts";
import type { SocketLimits, SocketOptions } from "./options.ts";
import { matchPattern, type NamespaceMatcher, ParentNamespace } from "./parent-namespace.ts";
import { builtInParser, type Encoded, type Parser, wrapParser } from "./parser.ts";
import type { RawEngine, RawSocket } from "./raw-socket.ts";
import { documentedRecoveryDefaults, type RecoveryPolicy, resolveRecovery } from "./recovery-options.ts";
import type { Socket } from "./socket.ts";

/** What a runtime offers to the server. */
export interface Runtime {
  readonly clock: Clock;
  readonly fillRandom: FillRandom;
  /** Where errors go that no caller can be given, unless the program sets `onError`. */
  readonly report: Report;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 45_000;
const DEFAULT_PATH = "/socket.io";

/** A server without a runtime: `bind` gives it the engine from which sessions come. */
export class SocketServer<
    ListenEvents extends EventsMap = DefaultEventsMap,
    EmitEvents extends EventsMap = ListenEvents,
    ServerSideEvents extends EventsMap = DefaultEventsMap,
    // biome-ignore lint/suspicious/noExplicitAny: programs that do not type their data keep what they like in it
    SocketData = any,
    Engine extends RawEngine = RawEngine,
  >
  extends MainNamespaceFacade<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
  implements NamespaceScope, ConnectionScope
{
  override readonly sockets: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  /** The source of sessions, once the server is attached or bound. */
  declare engine: Engine;
  /** The options as they were given; those of recovery with their defaults. */
  readonly opts: SocketOptions;
  readonly clock: Clock;
  readonly report: Report;
  readonly parser: Parser;
  readonly inbox: Inbox;
  readonly deadlines: DeadlineQueue;
  readonly #ids: SessionIds;
  readonly #namespaces = new Map<string, Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>();
  readonly maxRoomsPerSocket: number;
  readonly slowConsumer: SlowConsumerPolicy;
  readonly limits: SocketLimits;
  readonly recovery: RecoveryPolicy | undefined;
  readonly #patterns: ParentNamespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>[] = [];
  /** The patterns of regular expressions, which a program's own `of(name)` is matched against as well. */
  readonly #expressions = new Map<
    RegExp,
    ParentNamespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
  >();
  readonly #isCleaning: boolean;
  readonly #maxNamespaces: number;
  #adapter: AdapterFactory;
  #path: string;
  #connectTimeoutMs: number;

  /** @throws OptionError `SIO_INVALID_OPTION` */
  constructor(runtime: Runtime, options: SocketOptions) {
    super();
    checkOptions(options);
    this.opts = options;
    this.clock = runtime.clock;
    this.report = options.onError ? guardReport(options.onError, runtime.report) : runtime.report;
    this.parser = options.parser ? wrapParser(options.parser) : builtInParser;
    this.inbox = new Inbox(this.clock, this.report);
    this.deadlines = new DeadlineQueue(this.clock);
    this.#ids = new SessionIds(runtime.fillRandom);
    this.#path = withoutTrailingSlash(options.path || DEFAULT_PATH);
    this.#connectTimeoutMs = options.connectTimeout || DEFAULT_CONNECT_TIMEOUT_MS;
    const { connectionStateRecovery } = options;
    if (connectionStateRecovery) {
      options.connectionStateRecovery = { ...documentedRecoveryDefaults, ...connectionStateRecovery };
    }
    this.recovery = connectionStateRecovery
      ? resolveRecovery(connectionStateRecovery, () => this.engine?.opts)
      : undefined;
    this.#adapter = options.adapter ?? (this.recovery ? SessionAwareAdapter : Adapter);
    this.#isCleaning = Boolean(options.cleanupEmptyChildNamespaces);
    this.#maxNamespaces = options.maxNamespaces ?? Number.POSITIVE_INFINITY;
    this.limits = options.limits ?? {};
    this.slowConsumer = options.slowConsumer ?? "disconnect";
    this.maxRoomsPerSocket = options.maxRoomsPerSocket ?? Number.POSITIVE_INFINITY;
    this.sockets = this.of("/");
  }

  /** The path that is captured, without a trailing slash; the setter affects later attachments. */
  path(): string;
  path(path: string): this;
  path(path?: string): string | this {
    if (path === undefined) return this.#path;
    this.#path = withoutTrailingSlash(path);
    return this;
  }

  /** Milliseconds after which a session that has joined no namespace is closed. */
  connectTimeout(): number;
  connectTimeout(timeoutMs: number): this;
  connectTimeout(timeoutMs?: number): number | this {
    if (timeoutMs === undefined) return this.#connectTimeoutMs;
    this.#connectTimeoutMs = timeoutMs;
    return this;
  }

  get connectTimeoutMs(): number {
    return this.#connectTimeoutMs;
  }

  /** What makes adapters; the setter replaces the adapter of every namespace. */
  adapter(): AdapterFactory;
  adapter(adapter: AdapterFactory): this;
  adapter(adapter?: AdapterFactory): AdapterFactory | this {
    if (adapter === undefined) return this.#adapter;
    this.#adapter = adapter;
    for (const namespace of this.#namespaces.values()) namespace.replaceAdapter(adapter);
    return this;
  }

  /**
   * The namespace of that name, created if need be; a missing leading `/` is added. A regular expression or a
   * function stands for all the namespaces that it matches, which are made when a client asks for them.
   *
   * @example
   * io.of("/orders").on("connection", (socket) => {});
   * io.of(/^\/tenant-\d+$/).use((socket, next) => next());
   */
  of(
    name: string | RegExp | NamespaceMatcher,
    onConnection?: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void,
  ): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const isPattern = typeof name === "function" || name instanceof RegExp;
    // Programs in JavaScript pass numbers as well.
    const namespace = isPattern ? this.#createPattern(name) : this.#named(String(name));
    if (onConnection) untyped(namespace).on("connect", onConnection);
    return namespace;
  }

  /** Takes sessions from an engine. */
  bind(engine: Engine): this {
    this.engine = engine;
    engine.on("connection", (conn) => this.onconnection(conn));
    return this;
  }

  /** Takes one session. */
  onconnection(conn: RawSocket): this {
    try {
      new Connection(this, conn);
    } catch (error) {
      // The decoder of the program's own parser cannot be made: nobody would read what this client sends.
      this.report(error);
      conn.close(true);
    }
    return this;
  }

  /** Closes every socket with `server shutting down`, the adapters, then all sessions. */
  protected async closeNamespaces(): Promise<void> {
    await Promise.allSettled([...this.#namespaces.values()].map((namespace) => namespace.shutDown()));
    this.engine?.close();
  }

  // --- called by namespaces and connections ---

  /** The namespaces by name, without the patterns: a live map. */
  get namespaces(): Map<string, Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>> {
    return this.#namespaces;
  }

  createId(): string {
    return this.#ids.next();
  }

  encode(packet: BroadcastPacket, compress: boolean): Encoded {
    return this.parser.encode(packet as SocketPacket, compress);
  }

  encodeToKeep(packet: BroadcastPacket, compress: boolean): KeptPacket<Encoded> {
    return keep(this.encode(packet, compress));
  }

  decode(encoded: Encoded): unknown[] {
    return decodeEvent(this.parser, encoded);
  }

  join(connection: Connection, name: string, auth: Record<string, unknown>): void {
    const namespace = this.#namespaces.get(name);
    if (namespace) namespace.admit(connection, auth);
    else this.#joinPattern(connection, name, auth, 0);
  }

  /** Asks the patterns from `index` on; meanwhile the namespace may have come into being (server.md §6.2). */
  #joinPattern(connection: Connection, name: string, auth: Record<string, unknown>, index: number): void {
    const parent = this.#patterns[index];
    if (parent === undefined) {
      connection.refuse(name, { message: "Invalid namespace" });
      return;
    }
    parent.allows(name, auth, (allow) => {
      // The client may have left meanwhile: no namespace is made for nobody.
      if (connection.conn.readyState !== "open") return;
      if (!allow) this.#joinPattern(connection, name, auth, index + 1);
      else this.#admitToChild(connection, name, auth, parent);
    });
  }

  #admitToChild(
    connection: Connection,
    name: string,
    auth: Record<string, unknown>,
    parent: ParentNamespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
  ): void {
    const existing = this.#namespaces.get(name);
    if (existing === undefined && this.#childCount() >= this.#maxNamespaces) {
      connection.refuse(name, { message: `there are ${this.#maxNamespaces} namespaces, which is the limit` });
      return;
    }
    (existing ?? this.#createNamespace(name, parent)).admit(connection, auth);
  }

  #childCount(): number {
    return this.#patterns.reduce((count, { children }) => count + children.size, 0);
  }

  #named(name: string): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const path = name.startsWith("/") ? name : `/${name}`;
    const existing = this.#namespaces.get(path);
    if (existing) return existing;
    for (const [expression, parent] of this.#expressions) {
      if (expression.test(path)) return this.#createNamespace(path, parent);
    }
    return this.#createNamespace(path);
  }

  #createPattern(
    pattern: RegExp | NamespaceMatcher,
  ): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const matches = pattern instanceof RegExp ? matchPattern(pattern) : pattern;
    const parent = new ParentNamespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>(
      this,
      this,
      `/_${this.#patterns.length}`,
      matches,
    );
    this.#patterns.push(parent);
    if (pattern instanceof RegExp) this.#expressions.set(pattern, parent);
    return parent;
  }

  #createNamespace(
    name: string,
    parent?: ParentNamespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
  ): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const namespace = new Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>(
      this,
      this,
      name,
      this.#adapter,
    );
    this.#namespaces.set(name, namespace);
    if (parent) {
      namespace.inherit(parent);
      parent.children.add(namespace);
      if (this.#isCleaning) namespace.onEmpty = () => this.#removeChild(namespace, parent);
    }
    if (name !== "/") this.sockets.fire("new_namespace", [namespace]);
    return namespace;
  }

  #removeChild(
    namespace: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    parent: ParentNamespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
  ): void {
    this.#namespaces.delete(namespace.name);
    parent.children.delete(namespace);
    namespace.closeAdapter();
  }
}

function withoutTrailingSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
