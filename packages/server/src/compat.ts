// Names that programs and packages written for upstream reach for, although upstream calls them private: adapters of
// other makers, the Admin UI, tracing (server.md §26). We would not design them, and nothing here relies on them: the
// entry point calls `exposeInternals`, once, and that is the only use of this file.
//
// They stand in no type, are not enumerable, and an instance may have its own: packages and programs patch them.

import { Adapter } from "@tautline/adapter/adapter";
import { BroadcastOperator } from "@tautline/adapter/broadcast-operator";
import type { AdapterSocket, BroadcastFlags, BroadcastPacket } from "@tautline/adapter/namespace-view";
import { OutboundPacket } from "@tautline/engine/outbound-packet";
import type { SocketPacket } from "@tautline/protocol/socket-packet";
import { Decoder, Encoder } from "@tautline/protocol/standard-parser";
import { Connection } from "./connection.ts";
import { Namespace } from "./namespace.ts";
import type { Encoded, Parser } from "./parser.ts";
import { SocketServer } from "./server.ts";
import { Socket } from "./socket.ts";
import type { DisconnectReason } from "./socket-events.ts";

/** The engine messages of one socket packet, as upstream's encoders make them. */
type Chunks = readonly (string | Uint8Array)[];

/** Shows upstream's semi-private names on our classes. */
export function exposeInternals(): void {
  exposeOnServer();
  exposeOnNamespace();
  exposeOnSocket();
  exposeOnConnection();
  exposeOnAdapter();
  exposeOnOperator();
}

function exposeOnServer(): void {
  expose<SocketServer>(SocketServer.prototype, {
    /** The Admin UI instruments each of them; programs remove one by `io._nsps.delete(name)`. */
    get _nsps() {
      return this.namespaces;
    },
    /** Wrappers of a server look at the options that it was made with. */
    get _opts() {
      return this.opts;
    },
    get _connectTimeout() {
      return this.connectTimeoutMs;
    },
    /** Test tools encode and decode as this server does. */
    get _parser() {
      return this.opts.parser ?? { Encoder, Decoder };
    },
    /** Adapters encode a packet once, for all of its receivers. */
    get encoder() {
      return encoderOf(this);
    },
  });
}

function exposeOnNamespace(): void {
  expose<Namespace>(Namespace.prototype, {
    /** Adapters number acknowledged broadcasts by `nsp._ids++`, from the counter that all events share. */
    get _ids(): number {
      return this.upcomingAckId;
    },
    set _ids(id: number) {
      this.upcomingAckId = id;
    },
    /** Programs copy middleware from one namespace to another, or take it away. */
    get _fns(): Namespace["middlewares"] {
      return this.middlewares;
    },
    set _fns(middlewares: Namespace["middlewares"]) {
      this.middlewares = middlewares;
    },
    /** The Admin UI tells sockets in middleware from unknown ones. */
    get _preConnectSockets() {
      return new Map([...this.joining].map((socket) => [socket.id, socket]));
    },
    /** Adapters deliver what other nodes sent with `serverSideEmit`. */
    _onServerSideEmit([event, ...args]: [string, ...unknown[]]) {
      this.fire(event, args);
    },
    _remove(socket: Socket) {
      this.remove(socket);
    },
  });
}

function exposeOnSocket(): void {
  expose<Socket>(Socket.prototype, {
    /** Adapters register acknowledged broadcasts: `socket.acks.set(id, listener)`. */
    get acks() {
      return this.pendingAcks;
    },
    /** Tracing asks it for the name of the namespace. */
    get adapter() {
      return this.nsp.adapter;
    },
    /** Adapters announce each packet to `onAnyOutgoing` listeners before they write it. */
    notifyOutgoingListeners(packet: BroadcastPacket) {
      this.notifyOutgoing(packet);
    },
    /** Programs replay packets below `emit`. */
    packet(packet: BroadcastPacket, flags: BroadcastFlags = {}) {
      packet.nsp = this.nsp.name;
      this.deliver(this.nsp.encode(packet, flags.compress !== false), flags.volatile === true);
    },
    /** Programs end a socket without a word to its client. */
    _onclose(reason: DisconnectReason, description?: unknown) {
      this.onClose(reason, description);
      return this;
    },
  });
}

function exposeOnConnection(): void {
  expose<Connection>(Connection.prototype, {
    /**
     * Adapters write what they have encoded. Its frame is made once for all receivers anyway: the one that they may
     * have made themselves, `wsPreEncodedFrame`, is not needed.
     */
    writeToEngine(chunks: Chunks, options: BroadcastFlags = {}) {
      this.write(encodedOf(chunks, options.compress !== false), options.volatile === true);
    },
  });
}

function exposeOnAdapter(): void {
  expose<Adapter<AdapterSocket<Encoded>, Encoded>>(Adapter.prototype, {
    /** Adapters that extend ours encode as their server does. */
    get encoder() {
      const server = "server" in this.nsp ? this.nsp.server : undefined;
      return server instanceof SocketServer ? encoderOf(server) : undefined;
    },
  });
}

function exposeOnOperator(): void {
  expose<BroadcastOperator>(BroadcastOperator.prototype, {
    /** Tracing writes the namespace and the rooms of a broadcast into its span. */
    get adapter() {
      return this.target.adapter;
    },
    get rooms() {
      return this.target.rooms;
    },
    get exceptRooms() {
      return this.target.except;
    },
    get flags() {
      return this.target.flags;
    },
  });
}

/** Adds members to one of our prototypes, so that an instance may replace them by its own. */
function expose<T extends object>(prototype: T, members: object & ThisType<T>): void {
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(members))) {
    const { get, set = replacing(name), value } = member;
    Object.defineProperty(
      prototype,
      name,
      get ? { get, set, configurable: true } : { value, writable: true, configurable: true },
    );
  }
}

/** Programs attach what they like to a socket or a server, also under a name that is exposed here. */
function replacing(name: string): (this: object, value: unknown) => void {
  return function replace(value) {
    Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
  };
}

const encoders = new WeakMap<SocketServer, ChunkEncoder>();

function encoderOf(server: SocketServer): ChunkEncoder {
  const encoder = encoders.get(server) ?? new ChunkEncoder(server.parser);
  encoders.set(server, encoder);
  return encoder;
}

/** The packets that each list of chunks stands for, so that all receivers of a broadcast share its frames. */
const encodedByChunks = new WeakMap<Chunks, Encoded>();

function encodedOf(chunks: Chunks, compress: boolean): Encoded {
  const known = encodedByChunks.get(chunks);
  if (known !== undefined && known[0]?.compress === compress) return known;
  const encoded = chunks.map((chunk) => new OutboundPacket("message", chunk, compress));
  encodedByChunks.set(chunks, encoded);
  return encoded;
}

/** A codec's encoder in the shape of upstream's. */
class ChunkEncoder {
  readonly #parser: Parser;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  encode(packet: SocketPacket): Chunks {
    const encoded = this.#parser.encode(packet, true);
    const chunks = encoded.map(({ data }) => data ?? "");
    encodedByChunks.set(chunks, encoded);
    return chunks;
  }
}
