// One engine session as Socket.IO sees it: decodes its messages and routes them to the sockets of its namespaces.
// Upstream's API calls it the client: `socket.client`.

import type { IncomingMessage } from "node:http";
import type { Deadline, DeadlineQueue } from "@tautline/engine/deadlines";
import { utf8Length } from "@tautline/engine/outbound-forms";
import type { Clock } from "@tautline/events/clock";
import { PacketType, type SocketPacket } from "@tautline/protocol/socket-packet";
import { parseQuery } from "./handshake.ts";
import type { Inbox, PacketReceiver } from "./inbox.ts";
import type { Report } from "./middleware.ts";
import type { SocketLimits } from "./options.ts";
import type { Encoded, MessageDecoder, Parser } from "./parser.ts";
import type { RawSocket, RawSocketOwner } from "./raw-socket.ts";
import { linkOf, type SessionLink } from "./session-link.ts";
import type { DisconnectReason } from "./socket-events.ts";
import { TokenBucket } from "./token-bucket.ts";

/** What a connection needs of its server. */
export interface ConnectionScope {
  readonly parser: Parser;
  readonly inbox: Inbox;
  readonly deadlines: DeadlineQueue;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  readonly limits: SocketLimits;
  readonly report: Report;
  /** Lets the connection into a namespace, or refuses it with a CONNECT_ERROR. */
  join(connection: Connection, nsp: string, auth: Record<string, unknown>): void;
}

/** A socket, as its connection needs it. */
export interface ConnectionMember extends PacketReceiver {
  readonly id: string;
  readonly nsp: { readonly name: string };
  disconnect(): unknown;
  discard(): void;
  onError(error: Error): void;
  onClose(reason: DisconnectReason, description?: unknown): void;
}

export class Connection implements RawSocketOwner {
  readonly conn: RawSocket;
  readonly #scope: ConnectionScope;
  readonly #link: SessionLink;
  /** Counts bytes, if there is a limit. */
  readonly #arrivals: TokenBucket | undefined;
  readonly #decoder: MessageDecoder;
  /** The joined namespaces, by name. */
  readonly nsps: Map<string, ConnectionMember> = new Map();
  /** The namespaces that are being joined, each with its socket once that is in middleware. */
  readonly #joining: Map<string, ConnectionMember | undefined> = new Map();
  #connectDeadline: Deadline | undefined;

  constructor(scope: ConnectionScope, conn: RawSocket) {
    this.conn = conn;
    this.#scope = scope;
    this.#decoder = scope.parser.createDecoder(this);
    this.#connectDeadline = scope.deadlines.after(scope.connectTimeoutMs, () => this.#onConnectTimeout());
    const { bytes } = scope.limits;
    if (bytes !== undefined) this.#arrivals = new TokenBucket(scope.clock, bytes);
    this.#link = linkOf(conn);
    this.#link.owner = this;
    // SIO §33: a client of revision 4 joins the main namespace without asking.
    if (conn.protocol === 3) this.#connect("/", { type: PacketType.CONNECT, nsp: "/" });
  }

  /** The id of the session. */
  get id(): string {
    return this.conn.id;
  }

  /** The request that opened the session. */
  get request(): IncomingMessage | null {
    return this.conn.request;
  }

  /** The joined sockets, by id. */
  get sockets(): Map<string, ConnectionMember> {
    return new Map([...this.nsps.values()].map((socket) => [socket.id, socket]));
  }

  /** Queues an encoded packet; a volatile one is dropped if the transport cannot take it at once. */
  write(encoded: Encoded, isVolatile: boolean): void {
    if (this.conn.readyState !== "open") return;
    const link = this.#link;
    if (isVolatile && !link.isWritable) return;
    const first = encoded[0];
    if (first !== undefined && first.slowConsumer !== "disconnect" && !link.makeRoom(encoded)) return;
    for (const packet of encoded) link.sendPacket(packet);
  }

  /** The bytes that wait for the client (SEC §4). */
  get bufferedBytes(): number {
    return this.#link.bufferedBytes;
  }

  whenFlushed(callback: () => void): void {
    this.#link.whenFlushed(callback);
  }

  /** Encodes and queues one packet. Throws what the codec throws. */
  send(packet: SocketPacket): void {
    this.write(this.#scope.parser.encode(packet, true), false);
  }

  /** As `send`, for what no caller can be told the failure of: it is reported, and closes the session. */
  announce(packet: SocketPacket): void {
    try {
      this.send(packet);
    } catch (error) {
      this.#scope.report(error);
      this.close();
    }
  }

  /** A socket is in the middleware of its namespace. */
  addJoining(socket: ConnectionMember): void {
    this.#joining.set(socket.nsp.name, socket);
  }

  /** A socket has passed the middleware of its namespace. */
  addSocket(socket: ConnectionMember): void {
    this.#joining.delete(socket.nsp.name);
    this.nsps.set(socket.nsp.name, socket);
    this.#disarmConnectTimeout();
  }

  /** A socket has left its namespace, or was not let in. */
  removeSocket(socket: ConnectionMember): void {
    this.#joining.delete(socket.nsp.name);
    if (this.nsps.get(socket.nsp.name) === socket) this.nsps.delete(socket.nsp.name);
  }

  /** The client asked for a namespace that it cannot have. */
  refuse(nsp: string, data: unknown): void {
    this.#joining.delete(nsp);
    this.announce({ type: PacketType.CONNECT_ERROR, nsp, data });
  }

  /** Lets every socket leave its namespace, then closes the session. */
  disconnect(): void {
    for (const socket of this.nsps.values()) socket.disconnect();
    this.close();
  }

  /** Closes the session because of what the client did, or did not do. */
  close(): void {
    if (this.conn.readyState !== "open") return;
    this.conn.close();
    // SIO §34: a transport that closes at once has reported `forced close` by now.
    this.onClose("forced server close");
  }

  /** The client has come back on another connection: this one is lost, which its transport may not know yet. */
  lose(): void {
    this.onClose("transport close");
    this.conn.close(true);
  }

  onMessage(data: string | Uint8Array | undefined): void {
    // SEC §2
    if (this.#arrivals !== undefined && !this.#arrivals.take(lengthOf(data))) {
      this.onClose("rate limit exceeded");
      this.conn.close();
      return;
    }
    const result = this.#decoder.push(data);
    if (result.type === "pending") return;
    if (result.type === "error") this.onError(new Error(result.message));
    else this.onPacket(result);
  }

  /** Routes a packet to the socket of its namespace. */
  onPacket(packet: SocketPacket): void {
    const nsp = this.conn.protocol === 3 ? withoutQuery(packet.nsp) : packet.nsp;
    const socket = this.nsps.get(nsp);
    if (socket !== undefined) {
      if (packet.type === PacketType.CONNECT) this.#connectLater(nsp, packet);
      else if (packet.type === PacketType.CONNECT_ERROR) this.close();
      else this.#scope.inbox.add(socket, packet);
      return;
    }
    // SIO §35: nothing else may come first.
    if (packet.type !== PacketType.CONNECT) this.close();
    else this.#connect(nsp, packet);
  }

  onClose(reason: string, description?: unknown): void {
    this.#link.owner = undefined;
    this.#disarmConnectTimeout();
    this.#decoder.reset();
    for (const socket of [...this.nsps.values()]) socket.onClose(reason as DisconnectReason, description);
    this.nsps.clear();
    // Middleware may never answer: what it let the socket join is left at once.
    for (const socket of [...this.#joining.values()]) socket?.discard();
    this.#joining.clear();
  }

  /** Every socket is told, and the session is closed (server.md §7.1). */
  onError(error: Error): void {
    for (const socket of this.nsps.values()) socket.onError(error);
    this.conn.close();
  }

  /** The client may have left just before: its DISCONNECT is in the inbox, and the CONNECT waits its turn behind it. */
  #connectLater(nsp: string, packet: SocketPacket): void {
    const onPacket = (): void => {
      if (this.conn.readyState !== "open") return;
      // SIO §35: a second CONNECT breaks the protocol.
      if (this.nsps.has(nsp)) this.close();
      else this.#connect(nsp, packet);
    };
    this.#scope.inbox.add({ onPacket }, packet);
  }

  /** SIO §33: of a revision 4 client the name of the namespace carries a query, which is its `auth`. */
  #authOf({ nsp, data }: SocketPacket): Record<string, unknown> {
    if (this.conn.protocol === 3) return parseQuery(nsp);
    return typeof data === "object" && data !== null ? { ...data } : {};
  }

  /**
   * Asks to be let in, once: the published client repeats its CONNECT when a program calls `connect()` on a socket
   * that is about to connect by itself.
   */
  #connect(nsp: string, packet: SocketPacket): void {
    if (this.#joining.has(nsp)) return;
    this.#joining.set(nsp, undefined);
    this.#scope.join(this, nsp, this.#authOf(packet));
  }

  #onConnectTimeout(): void {
    this.#connectDeadline = undefined;
    if (this.nsps.size === 0) this.close();
  }

  #disarmConnectTimeout(): void {
    if (this.#connectDeadline === undefined) return;
    this.#scope.deadlines.disarm(this.#connectDeadline);
    this.#connectDeadline = undefined;
  }
}

function lengthOf(data: string | Uint8Array | undefined): number {
  if (data === undefined) return 0;
  return typeof data === "string" ? utf8Length(data) : data.byteLength;
}

function withoutQuery(nsp: string): string {
  const at = nsp.indexOf("?");
  return at < 0 ? nsp : nsp.slice(0, at);
}
