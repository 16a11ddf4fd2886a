import type { Report } from "@tautline/events/guard";
import { GuardedEmitter } from "@tautline/events/guarded-emitter";
import type { EnginePacket } from "@tautline/protocol/engine-packet";
import type { TransportError } from "./errors.ts";
import type { OutboundPacket } from "./outbound-packet.ts";
import type { Headers } from "./ports.ts";

export type TransportName = "polling" | "websocket" | "webtransport";

/** The revision of Engine.IO, fixed at the handshake (SEC §1.2). */
export type Revision = 3 | 4;

/** EIO §8: what a session that begins on a transport may move to, in the order in which it is told. */
export const upgradeTargets: Readonly<Record<TransportName, readonly TransportName[]>> = {
  polling: ["websocket", "webtransport"],
  websocket: [],
  webtransport: [],
};

/** Who is told what a transport receives: a session, or the upgrade that tries the transport. */
export interface TransportOwner {
  /** HOT PATH. One message. */
  onMessage(data: string | Uint8Array | undefined): void;
  /** Any other packet, undecodable ones included (type `error`). */
  onPacket(packet: EnginePacket): void;
  /** The transport can take more. */
  onDrain(): void;
  /** The transport is closed, by either side. Last call, at most once, unless `onTransportError` came. */
  onTransportClose(): void;
  /** The transport is of no more use; the owner closes it. */
  onTransportError(error: TransportError): void;
}

/** What programs may listen to on `session.transport` (EIO §44). */
export interface TransportEvents {
  packet: (packet: EnginePacket) => void;
  error: (error: Error) => void;
  close: () => void;
  ready: () => void;
  drain: () => void;
  headers: (headers: Headers, request: unknown) => void;
}

/** What a transport is fixed to at its creation. */
export interface TransportIdentity {
  readonly sid: string;
  readonly protocol: Revision;
  /** Whether binary may travel as bytes (EIO §5.4). */
  readonly supportsBinary: boolean;
  /** Where errors of listeners go. */
  readonly report: Report;
}

/**
 * Carries the packets of one session. A third transport is one more subclass.
 *
 * Obligations: `send` MUST be called only while `writable`, and takes every packet; `onDrain` follows whenever
 * `writable` turns from false to true; after `owner` is unset nobody is told anything.
 */
export abstract class Transport extends GuardedEmitter<TransportEvents> {
  abstract readonly name: TransportName;
  readonly sid: string;
  readonly protocol: Revision;
  readonly supportsBinary: boolean;
  owner: TransportOwner | undefined = undefined;
  readyState: "open" | "closing" | "closed" = "open";
  readonly #report: Report;

  constructor(identity: TransportIdentity) {
    super();
    this.sid = identity.sid;
    this.protocol = identity.protocol;
    this.supportsBinary = identity.supportsBinary;
    this.#report = identity.report;
  }

  /** Whether `send` may be called: the transport can take more (EIO §44). */
  abstract get writable(): boolean;

  /** Bytes that were sent and that the system has not taken. */
  abstract get bufferedBytes(): number;

  /** Hands the packets over, in order. */
  abstract send(packets: readonly OutboundPacket[]): void;

  /** Closes in order: polling waits for a request by which it can say so (EIO §14.1). */
  abstract close(): void;

  /** Closes at once, telling the peer only if that can be done at once. */
  abstract discard(): void;

  /** Cuts the connection: for a peer that does not read. */
  abstract terminate(): void;

  /** Tells the owner of a packet other than a plain message. */
  protected report(packet: EnginePacket): void {
    if (this.hasListeners("packet")) this.emit("packet", packet);
    if (packet.type === "message") this.owner?.onMessage(packet.data);
    else this.owner?.onPacket(packet);
  }

  protected fail(error: TransportError): void {
    // EIO §44: without a listener the error is known to the owner only.
    if (this.hasListeners("error")) this.emit("error", error);
    this.owner?.onTransportError(error);
  }

  protected override onListenerError(error: unknown): void {
    this.#report(error);
  }

  /** Becomes closed and says so, once. */
  protected confirmClosed(): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    if (this.hasListeners("close")) this.emit("close");
    this.owner?.onTransportClose();
  }
}
