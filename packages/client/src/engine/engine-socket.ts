// One Engine.IO connection: queues packets, and outlives the transports that carry them. Never reopened.

import type { Clock, Timer } from "@tautline/events/clock";
import type { NoEvents } from "@tautline/events/types";
import { Emitter } from "../emitter.ts";
import type { FailureCode } from "../errors.ts";
import type { BinaryType, CookieJar, Platform } from "../platform.ts";
import { diagnose, type Failure } from "./failure.ts";
import { decodeHandshake, type HandshakeData } from "./handshake.ts";
import { createHeartbeat, type Heartbeat } from "./heartbeat.ts";
import type { EngineOptions } from "./options.ts";
import { type Packet, type QueuedPacket, toPacketData, type WriteOptions } from "./packet.ts";
import type { Query } from "./query.ts";
import { type EngineTarget, resolveTarget } from "./target.ts";
import type { CloseDetails, Transport, TransportConstructor } from "./transport.ts";
import { listTransports, type NonEmpty, nameOf } from "./transport-list.ts";
import type { Upgrade, UpgradeError } from "./upgrade.ts";

export type EngineState = "opening" | "open" | "closing" | "closed";

/** Why an engine closed (EIO §15). */
export type EngineCloseReason = "transport close" | "transport error" | "ping timeout" | "forced close";

export interface EngineEvents {
  open: () => void;
  handshake: (data: HandshakeData) => void;
  /** Every packet in. */
  packet: (packet: Packet) => void;
  /** Every packet queued. */
  packetCreate: (packet: QueuedPacket) => void;
  data: (data: unknown) => void;
  message: (data: unknown) => void;
  /** Packets were handed to the transport. */
  flush: () => void;
  /** The queue is empty. */
  drain: () => void;
  /** Any packet in. */
  heartbeat: () => void;
  ping: () => void;
  pong: () => void;
  upgrading: (transport: Transport) => void;
  upgrade: (transport: Transport) => void;
  upgradeError: (error: UpgradeError) => void;
  error: (error: Error) => void;
  close: (reason: EngineCloseReason, details?: (CloseDetails | Error) & Partial<Failure>) => void;
}

/** How long a server may take to answer a probe. */
const PROBE_TIMEOUT_MS = 2000;

/** More bytes than an element of a text or of an array takes. */
const MAX_ELEMENT_BYTES = 8;

/** An Engine.IO connection: `manager.engine`. */
export class EngineSocket extends Emitter<NoEvents, EngineEvents, EngineEvents> {
  /** Revision of the Engine.IO protocol. */
  static readonly protocol = 4;

  /** Session id, secret; null once closed. */
  id: string | null | undefined;
  readyState: EngineState = "opening";
  /** The transport that carries packets at this moment. */
  transport: Transport;
  /** The class in which binary arrives. */
  binaryType: BinaryType;
  /** Packets that are queued, or handed to the transport and not confirmed. */
  writeBuffer: QueuedPacket[] = [];
  readonly opts: EngineOptions;
  readonly platform: Platform;
  declare readonly clock: Clock;
  readonly cookieJar: CookieJar | undefined;
  readonly #target: EngineTarget;
  readonly #transports: NonEmpty<TransportConstructor>;
  readonly #heartbeat: Heartbeat;
  #upgrade: Upgrade | undefined;
  #handshake: HandshakeData | undefined;
  /** Packets at the head of `writeBuffer` that the transport has. */
  #inFlight = 0;
  /** Runs while a probe is not answered; stays when the engine closed meanwhile. */
  #doubt: Timer | undefined;
  readonly #ignorePlatform: readonly (false | undefined | (() => void))[];

  /**
   * Starts to connect; failures are reported by events, in a later tick.
   *
   * @throws Error for a URI that is too long, or options that contradict each other.
   */
  constructor(platform: Platform, uri?: string | EngineOptions, options: EngineOptions = {}) {
    const opts = typeof uri === "object" ? uri : options;
    super(platform.createClock(opts));
    this.platform = platform;
    this.opts = opts;
    const { withCredentials, rememberUpgrade, closeOnBeforeunload } = this.opts;
    this.#target = resolveTarget(typeof uri === "string" ? uri : undefined, this.opts, platform.location());
    this.#transports = listTransports(this.opts, platform);
    this.binaryType = platform.binaryType;
    this.cookieJar = withCredentials ? platform.createCookieJar?.() : undefined;
    this.#heartbeat = createHeartbeat(this.clock, {
      onExpired: () => this.#end("ping timeout", undefined, "EIO_PING_TIMEOUT"),
      onWake: () => {
        if (this.opts.reconnectOnResume !== false) this.probe();
      },
    });
    const startsWithWebSocket = rememberUpgrade && platform.memory.isWebSocketKnownToWork;
    this.transport = this.#createTransport(startsWithWebSocket ? "websocket" : undefined);
    this.#ignorePlatform = [
      // C 9.1: a connection to this very device does not need the network
      this.#target.hostname !== "localhost" &&
        platform.onPageEvent("offline", () =>
          this.#end("transport close", { description: "network connection lost" }, "EIO_OFFLINE"),
        ),
      closeOnBeforeunload && platform.onPageEvent("beforeunload", () => this.transport.off().close()),
    ];
    this.#attach().open();
  }

  /** Queues a message; `onFlush` is called when packets are next handed to the transport. */
  write(data: unknown, options?: WriteOptions | null, onFlush?: () => void): this {
    this.#queue({ type: "message", data: toPacketData(data), options: options ?? undefined }, onFlush);
    return this;
  }

  /** The same as `write`. */
  send(data: unknown, options?: WriteOptions | null, onFlush?: () => void): this {
    return this.write(data, options, onFlush);
  }

  /** Closes once the queue is empty and a running upgrade is over. */
  close(): this {
    if (this.readyState === "opening") this.#end("forced close");
    if (this.readyState === "open") {
      this.readyState = "closing";
      this.#settleClose();
    }
    return this;
  }

  /** Whether the server should have pinged long ago; the engine then closes in a later tick (EIO §12.1). */
  isOverdue(): boolean {
    return this.#heartbeat.isOverdue();
  }

  /** Whether it is not known, or was not when the engine closed, that the server is still there. */
  get isInDoubt(): boolean {
    return this.#doubt !== undefined;
  }

  /**
   * Finds out whether the server is still there, after timers or the network stood still; closes with `ping timeout` if
   * `probeTimeout` passes without an answer. It does nothing where no answer can be had.
   */
  probe(): void {
    if (this.readyState !== "open" || this.#doubt || (!this.isOverdue() && !this.#askForLife())) return;
    this.#doubt = this.clock.setTimer(
      () => this.#end("ping timeout", undefined, "EIO_PROBE_TIMEOUT"),
      this.opts.probeTimeout ?? PROBE_TIMEOUT_MS,
    );
  }

  /**
   * Refuses messages for which the server would close the connection (EIO §9.4).
   *
   * @throws RangeError for a message over the server's limit.
   */
  check(messages: readonly unknown[]): void {
    const maxBytes = this.#handshake?.maxPayload || Number.POSITIVE_INFINITY;
    for (const message of messages) {
      // HOT PATH: hardly any needs to be measured.
      if (Object(message).length * MAX_ELEMENT_BYTES < maxBytes) continue;
      const bytes = this.transport.measure(toPacketData(message) ?? "");
      if (bytes <= maxBytes) continue;
      const error = new RangeError(`a message of ${bytes} bytes, the server takes ${maxBytes}`);
      throw diagnose(this, error, "EIO_PAYLOAD_TOO_LARGE");
    }
  }

  // Transports

  /** Of the name, or the first one. */
  #createTransport(wanted: string | undefined): Transport {
    const Constructor = this.#transports.find((one) => nameOf(one) === wanted) ?? this.#transports[0];
    const name = nameOf(Constructor);
    const extra = this.opts.transportOptions?.[name];
    const query: Query = {
      ...this.#target.query,
      ...Object(extra?.query),
      ...this.opts.offers,
      EIO: 4,
      transport: name,
    };
    if (this.id) query.sid = this.id;
    return new Constructor({ ...this.opts, ...this.#target, ...extra, query, socket: this });
  }

  #attach(): Transport {
    return this.transport
      .on("packet", (packet) => this.#onPacket(packet))
      .on("drain", () => this.#onDrain())
      .on("error", (error) => this.#onError(error))
      .on("close", (details) => this.#end("transport close", details));
  }

  #rememberTransport(): void {
    this.platform.memory.isWebSocketKnownToWork = this.transport.name === "websocket";
  }

  // Incoming

  #onPacket(packet: Packet): void {
    if (this.readyState === "closed") return;
    this.emitReserved("packet", packet);
    this.emitReserved("heartbeat");
    // What comes by itself may have been under way for long.
    if (packet.type === "pong" || !this.#handshake?.probes) this.#endDoubt();
    if (this.readyState === "opening") {
      this.#onFirstPacket(packet);
      return;
    }
    switch (packet.type) {
      case "ping":
        this.#restartHeartbeat();
        this.#queue({ type: "pong" });
        this.emitReserved("ping");
        this.emitReserved("pong");
        break;
      case "message":
        this.emitReserved("data", packet.data);
        this.emitReserved("message", packet.data);
        break;
      case "error":
        this.#onServerError(packet.data);
        break;
    }
  }

  #onFirstPacket({ type, data }: Packet): void {
    const handshake = type === "open" && decodeHandshake(data);
    if (!handshake) {
      this.#onServerError("parser error");
      return;
    }
    this.#handshake = handshake;
    this.id = this.transport.query.sid = handshake.sid;
    this.readyState = "open";
    this.#rememberTransport();
    this.#restartHeartbeat();
    this.emitReserved("handshake", handshake);
    this.emitReserved("open");
    this.#flush();
    if (this.readyState === "open" && this.opts.upgrade !== false) this.#startUpgrade(handshake.upgrades);
  }

  #startUpgrade(offered: readonly string[]): void {
    const { clock, transport } = this;
    this.#upgrade = this.platform.startUpgrade?.(
      {
        clock,
        transport,
        createTransport: (name) => this.#createTransport(name),
        onUpgrading: (candidate) => this.emitReserved("upgrading", candidate),
        onUpgraded: (candidate) => this.#onUpgraded(candidate),
        onUpgradeError: (error) => {
          this.emitReserved("upgradeError", error);
          this.#flush();
          this.#settleClose();
        },
      },
      offered.filter((name) => this.#transports.some((one) => nameOf(one) === name)),
    );
  }

  #onUpgraded(candidate: Transport): void {
    this.transport.off();
    this.transport = candidate.off();
    this.#attach().send([{ type: "upgrade" }]);
    this.#rememberTransport();
    this.emitReserved("upgrade", candidate);
    this.#flush();
    this.#settleClose();
  }

  #restartHeartbeat(): void {
    const handshake = this.#handshake;
    if (handshake) this.#heartbeat.restart(handshake.pingInterval, handshake.pingTimeout);
  }

  /** False if nothing can be asked, or what is asked would have to wait. */
  #askForLife(): boolean {
    const { transport } = this;
    if (!transport.isIdle() || this.#upgrade?.isSwitching()) return false;
    if (this.#handshake?.probes) this.#queue({ type: "ping" });
    else if (transport.probe) transport.probe(() => this.#endDoubt());
    else return this.#heartbeat.isLate();
    return true;
  }

  #endDoubt(): void {
    if (this.readyState === "closed") return;
    this.#doubt?.cancel();
    this.#doubt = undefined;
  }

  // Outgoing

  #queue(packet: QueuedPacket, onFlush?: () => void): void {
    if (this.readyState === "closed" || (this.readyState === "closing" && packet.type === "message")) return;
    this.emitReserved("packetCreate", packet);
    this.writeBuffer.push(packet);
    if (onFlush) this.once("flush", onFlush);
    this.#flush();
  }

  #flush(): void {
    const { transport, writeBuffer } = this;
    if (!transport.writable || this.#upgrade?.isSwitching() || writeBuffer.length === 0) return;
    if (this.readyState === "closed" || this.readyState === "opening") return;
    // EIO §9.6: a body is bound by what the server takes
    const maxPayloadBytes = this.#handshake?.maxPayload || Number.POSITIVE_INFINITY;
    const packets = writeBuffer.slice(0, transport.countTakeable(writeBuffer, maxPayloadBytes));
    this.#inFlight = packets.length;
    transport.send(packets);
    this.emitReserved("flush");
  }

  #onDrain(): void {
    this.writeBuffer.splice(0, this.#inFlight);
    this.#inFlight = 0;
    if (this.writeBuffer.length > 0) {
      this.#flush();
      return;
    }
    this.emitReserved("drain");
    this.#settleClose();
  }

  // The end

  /** The server sent what cannot be decoded (EIO §22). */
  #onServerError(code: unknown): void {
    this.#onError(Object.assign(new Error("server error"), { code }));
  }

  #onError(error: Error): void {
    this.platform.memory.isWebSocketKnownToWork = false;
    const [, ...others] = this.#transports;
    if (this.opts.tryAllTransports && this.readyState === "opening" && others.length > 0) {
      this.#transports.shift();
      this.transport.off().close();
      this.transport = this.#createTransport(undefined);
      this.#attach().open();
      return;
    }
    this.emitReserved("error", diagnose(this, error));
    this.#end("transport error", error);
  }

  #settleClose(): void {
    if (this.readyState !== "closing" || this.writeBuffer.length > 0 || this.#upgrade?.isSwitching()) return;
    this.#end("forced close");
  }

  #end(reason: EngineCloseReason, about?: CloseDetails | Error, code?: FailureCode): void {
    if (this.readyState === "closed") return;
    const details = about ?? (code && { description: reason });
    if (details) diagnose(this, details, code);
    this.readyState = "closed";
    this.#doubt?.cancel();
    this.#heartbeat.stop();
    this.#upgrade?.abort("socket closed");
    for (const ignore of this.#ignorePlatform) if (ignore) ignore();
    this.transport.off().close();
    this.id = null;
    this.emitReserved("close", reason, details);
    this.writeBuffer = [];
  }
}
