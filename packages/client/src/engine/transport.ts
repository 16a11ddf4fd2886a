import type { NoEvents } from "@tautline/events/types";
import { Emitter } from "../emitter.ts";
import type { FailureCode } from "../errors.ts";
import type { EngineSocket } from "./engine-socket.ts";
import type { TransportOptions } from "./options.ts";
import {
  areEncodable,
  bytesOf,
  decodeText,
  type OutgoingPacket,
  type Packet,
  type PacketData,
  type QueuedPacket,
  readBlobs,
} from "./packet.ts";
import { encodeQuery, type Query } from "./query.ts";
import { bracketHost } from "./uri.ts";

/** Why a transport closed, where it was not an error. */
export interface CloseDetails {
  readonly description: string;
  /** A `CloseEvent` on WebSocket. */
  readonly context?: unknown;
}

/** What went wrong on a transport. */
export class TransportError extends Error {
  readonly type = "TransportError";
  /** The HTTP status, 0 if there was no answer; or what the platform reported. */
  readonly description: unknown;
  /** The platform's own object: an XHR, a Response. */
  readonly context: unknown;
  /** What `Failure` says; left out until the engine knows of it. */
  code?: FailureCode;

  constructor(message: string, description?: unknown, context?: unknown, code?: FailureCode) {
    super(message);
    this.description = description;
    this.context = context;
    if (code) this.code = code;
  }
}

export interface TransportEvents {
  open: () => void;
  error: (error: TransportError) => void;
  packet: (packet: Packet) => void;
  close: (details?: CloseDetails) => void;
  /** The transport can take more. */
  drain: () => void;
  poll: () => void;
  pollComplete: () => void;
}

export type TransportState = "opening" | "open" | "pausing" | "paused" | "closed";

export type TransportConstructor = new (options: TransportOptions) => Transport;

/**
 * Carries the packets of one engine. Programs may extend it (client.md 8.2), so it speaks in events.
 *
 * A subclass implements `name`, `doOpen`, `doClose` and `write`. It MUST call `onOpen` once it can carry packets,
 * set `writable` and emit `drain` whenever it can take more, and report its end by `onClose` or `onError`.
 */
export abstract class Transport extends Emitter<NoEvents, TransportEvents, TransportEvents> {
  readonly opts: TransportOptions;
  /** Parameters of every request; the engine adds `sid` after the handshake. */
  query: Query;
  supportsBinary: boolean;
  /** Whether it takes packets at this moment. */
  writable = false;
  readyState: TransportState | undefined;
  protected readonly socket: EngineSocket;

  constructor(options: TransportOptions) {
    super(options.socket.clock);
    this.opts = options;
    this.query = options.query;
    this.socket = options.socket;
    this.supportsBinary = !options.forceBase64;
  }

  abstract get name(): string;
  protected abstract doOpen(): void;
  protected abstract doClose(): void;
  protected abstract write(packets: readonly OutgoingPacket[]): void;

  /** Stops without closing, once nothing is on its way; only transports that can be upgraded from have it. */
  pause?(onPaused: () => void): void;
  /** Takes `pause` back. */
  resume?(): void;

  /**
   * Asks for a sign of life that any server gives without noticing; calls back if it comes. Only transports that have
   * such a thing.
   */
  probe?(onAlive: () => void): void;

  /** Whether all that was sent has left, so that an answer does not wait behind it. */
  isIdle(): boolean {
    return this.writable;
  }

  /** The bytes that a message takes. Text has its type before it, in a frame binary has none. */
  measure(data: PacketData): number {
    return bytesOf(data) + (typeof data === "string" ? 1 : 0);
  }

  /** How many of the packets that wait fit into one `send`, at least one. */
  countTakeable(packets: readonly QueuedPacket[], _maxPayloadBytes: number): number {
    return packets.length;
  }

  open(): this {
    this.readyState = "opening";
    try {
      this.doOpen();
    } catch (error) {
      // A constructor that is missing, or that refuses: no one listens yet.
      this.socket.clock.nextTick(() =>
        this.onError(this.failure, error, undefined, "EIO_TRANSPORT_UNAVAILABLE"),
      );
    }
    return this;
  }

  close(): this {
    if (this.readyState === undefined || this.readyState === "closed") return this;
    this.doClose();
    return this.onClose();
  }

  send(packets: readonly QueuedPacket[]): void {
    this.writable = false;
    if (areEncodable(packets)) this.#write(packets);
    else
      readBlobs(packets).then(
        (read) => this.#write(read),
        (error) => this.onError(this.failure, error),
      );
  }

  protected get failure(): string {
    return `${this.name} error`;
  }

  protected onOpen(): void {
    this.readyState = "open";
    this.writable = true;
    this.emitReserved("open");
  }

  /** Takes what one frame carried: text, or bytes. */
  protected onData(data: string | Uint8Array): void {
    const { platform } = this.socket;
    this.onPacket(typeof data === "string" ? decodeText(data, platform.base64) : { type: "message", data });
  }

  /** Takes a decoded packet; bytes become what the program asked for. */
  protected onPacket(packet: Packet): void {
    const { type, data } = packet;
    const { platform, binaryType } = this.socket;
    this.emitReserved(
      "packet",
      data instanceof Uint8Array ? { type, data: platform.toBinary(data, binaryType) } : packet,
    );
  }

  protected onDrain(): void {
    this.writable = true;
    this.emitReserved("drain");
  }

  protected onClose(details?: CloseDetails): this {
    this.readyState = "closed";
    return this.emitReserved("close", details);
  }

  protected onError(message: string, description?: unknown, context?: unknown, code?: FailureCode): this {
    return this.emitReserved("error", new TransportError(message, description, context, code));
  }

  /** The address of a request, e.g. `createUri("https", this.query)`. */
  protected createUri(scheme: string, query: Query): string {
    const { hostname, port, secure, path } = this.opts;
    const isDefaultPort = !port || Number(port) === (secure ? 443 : 80);
    const text = encodeQuery(query);
    return `${scheme}://${bracketHost(hostname)}${isDefaultPort ? "" : `:${port}`}${path}${text && `?${text}`}`;
  }

  /** A copy of `query`, with the cache buster if asked for. */
  protected stamp(isWanted: boolean): Query {
    const { platform, clock } = this.socket;
    // C 8.7: five characters of time, three of chance
    const random = (platform.random() + 1).toString(36).slice(2, 5).padEnd(3, "0");
    const stamp = { [this.opts.timestampParam ?? "t"]: clock.now().toString(36).slice(3) + random };
    return { ...this.query, ...(isWanted && stamp) };
  }

  #write(packets: readonly OutgoingPacket[]): void {
    if (this.readyState !== "closed") this.write(packets);
  }
}
