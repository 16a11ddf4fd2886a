// The namespaces that `io.of(/regex/)` and `io.of(fn)` make on demand (server.md §6).

import type { AckHandler } from "@tautline/adapter/adapter";
import { Adapter } from "@tautline/adapter/adapter";
import type {
  AdapterSocket,
  BroadcastOptions,
  BroadcastPacket,
  Room,
} from "@tautline/adapter/namespace-view";
import type { RecoveryView } from "@tautline/adapter/recovery";
import type { RemoteSocket } from "@tautline/adapter/remote-socket";
import type { EventsMap } from "@tautline/events/types";
import { Namespace, type NamespaceScope } from "./namespace.ts";
import type { Encoded } from "./parser.ts";
import type { SocketServer } from "./server.ts";

/** Decides whether a namespace of that name may come into being: `next(null, true)` allows it. */
export type NamespaceMatcher = (
  name: string,
  auth: Record<string, unknown>,
  next: (error: Error | null, allow: boolean) => void,
) => void;

/** What the parent sees of its children. */
interface Children {
  readonly children: ReadonlySet<{ readonly adapter: Adapter<AdapterSocket<Encoded>, Encoded> }>;
}

/** The adapter of a parent: what is sent to the parent is sent to each of its children. */
class FanOutAdapter extends Adapter<AdapterSocket<Encoded>, Encoded> {
  readonly #parent: Children;

  constructor(parent: ConstructorParameters<typeof Adapter<AdapterSocket<Encoded>, Encoded>>[0] & Children) {
    super(parent);
    this.#parent = parent;
  }

  override broadcast(packet: BroadcastPacket, options: BroadcastOptions): void {
    for (const { adapter } of this.#parent.children) adapter.broadcast({ ...packet }, options);
  }

  override broadcastWithAck(
    packet: BroadcastPacket,
    options: BroadcastOptions,
    onClientCount: (count: number) => void,
    ack: AckHandler,
  ): () => void {
    const forgets = [...this.#parent.children].map(({ adapter }) =>
      adapter.broadcastWithAck({ ...packet }, options, onClientCount, ack),
    );
    return () => {
      for (const forget of forgets) forget?.();
    };
  }

  /** Every node reports once for every child. */
  override async serverCount(): Promise<number> {
    const counts = await Promise.all([...this.#parent.children].map(({ adapter }) => adapter.serverCount()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  override addSockets(options: BroadcastOptions, rooms: Room[]): void {
    for (const { adapter } of this.#parent.children) adapter.addSockets(options, rooms);
  }

  override delSockets(options: BroadcastOptions, rooms: Room[]): void {
    for (const { adapter } of this.#parent.children) adapter.delSockets(options, rooms);
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): void {
    for (const { adapter } of this.#parent.children) adapter.disconnectSockets(options, close);
  }
}

/**
 * A pattern of namespaces. Its middleware and connection listeners are given to each child when it is made.
 *
 * @example
 * io.of(/^\/tenant-\d+$/).on("connection", (socket) => console.log(socket.nsp.name));
 */
export class ParentNamespace<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> extends Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  /** The namespaces made from this one, on this node. */
  readonly children: Set<Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>> = new Set();
  readonly #matches: NamespaceMatcher;

  constructor(server: SocketServer, scope: NamespaceScope, name: string, matches: NamespaceMatcher) {
    super(server, scope, name, (parent) => new FanOutAdapter(parent as ParentView));
    this.#matches = matches;
  }

  /** Whether a namespace of that name may be made; an error of the matcher means no (server.md §6.2). */
  allows(name: string, auth: Record<string, unknown>, onDecision: (allow: boolean) => void): void {
    let isDecided = false;
    const decide = (error: Error | null, allow: boolean): void => {
      if (isDecided) return;
      isDecided = true;
      onDecision(!error && allow);
    };
    try {
      this.#matches(name, auth, decide);
    } catch (error) {
      this.report(error);
      decide(null, false);
    }
  }

  override fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    throw new Error("fetchSockets() is not supported on parent namespaces");
  }
}

type ParentView = RecoveryView<Encoded> & Children;

/** The matcher of a regular expression. */
export function matchPattern(pattern: RegExp): NamespaceMatcher {
  if (pattern.global || pattern.sticky) throw new Error("stateful regular expressions are not supported");
  return (name, _auth, next) => next(null, pattern.test(name));
}
