// Owner of the engine and of the reconnection loop; sockets share it (client.md 5).
//
//     closed ──open()──▶ opening ──engine opens──▶ open
//        ▲                  │ error, time-out        │ engine closes, parse error, last socket left
//        └──────────────────┴────────────────────────┘

import type { Timer } from "@tautline/events/clock";
import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import type { SocketPacket } from "@tautline/protocol/socket-packet";
import { nextDelay } from "./backoff.ts";
import type { OutgoingSocketPacket, Parser } from "./codec.ts";
import { EngineSocket } from "./engine/engine-socket.ts";
import { diagnose } from "./engine/failure.ts";
import { ManagerSettings } from "./manager-settings.ts";
import type { ManagerOptions, SocketOptions } from "./options.ts";
import type { Platform } from "./platform.ts";
import { createReconnect, type Reconnect } from "./reconnect.ts";
import { Socket } from "./socket.ts";
import type { DisconnectDescription, DisconnectReason, SocketLink } from "./socket-types.ts";
import { standardParser } from "./standard-codec.ts";

export interface ManagerReservedEvents {
  /** The engine is open; sockets connect from here on. */
  open: () => void;
  error: (error: Error) => void;
  close: (reason: DisconnectReason, description?: DisconnectDescription) => void;
  /** A ping of the server was answered. */
  ping: () => void;
  packet: (packet: SocketPacket) => void;
  /** `attempt` counts from 1. */
  reconnect_attempt: (attempt: number) => void;
  reconnect: (attempts: number) => void;
  reconnect_error: (error: Error) => void;
  reconnect_failed: () => void;
}

// SIO §26
const EVENT = 2;
const ACK = 3;

type OpenCallback = (error?: Error) => void;

type State =
  | { readonly name: "closed" }
  | { readonly name: "opening"; readonly timer: Timer | undefined; readonly callbacks: OpenCallback[] }
  | { readonly name: "open" };

/**
 * A connection to one server, kept up by reconnection and shared by the sockets of its namespaces.
 *
 * @example
 * const manager = new Manager("https://example.com");
 * const orders = manager.socket("/orders");
 */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends ManagerSettings<ManagerReservedEvents> {
  /** The connection of the latest attempt; there is another one after each, and none before the first. */
  declare engine: EngineSocket;
  /** Read again at each attempt. */
  readonly opts: ManagerOptions;
  /** The sockets by namespace. */
  readonly nsps: Record<string, Socket<ListenEvents, EmitEvents>> = Object.create(null);
  readonly #uri: string | undefined;
  readonly #platform: Platform;
  readonly #encoder: InstanceType<Parser["Encoder"]>;
  readonly #decoder: InstanceType<Parser["Decoder"]>;
  readonly #reconnect: Reconnect;
  #state: State = { name: "closed" };
  /** Decoded packets whose tick has not come. */
  #undelivered = 0;

  constructor(platform: Platform, uri?: string | ManagerOptions, options?: ManagerOptions) {
    const opts: ManagerOptions = {
      path: "/socket.io",
      offers: { offsets: 1, probes: 1 },
      ...(typeof uri === "object" ? uri : options),
    };
    super(platform.createClock(opts), opts);
    this.opts = opts;
    this.#uri = typeof uri === "string" ? uri : undefined;
    this.#platform = platform;
    const { Encoder, Decoder }: Parser = Object(opts.parser || standardParser);
    this.#encoder = new Encoder();
    this.#decoder = new Decoder();
    this.#decoder.on("decoded", (packet: SocketPacket) => this.#deliver(packet));
    this.#reconnect = createReconnect({
      clock: this.clock,
      nextDelay: () =>
        this.settings.attempts < this.settings.limit ? nextDelay(this.settings, platform.random) : undefined,
      onAttempt: () => this.#onAttempt(),
      onExhausted: () => {
        this.settings.attempts = 0;
        this.emitReserved("reconnect_failed");
      },
    });
    platform.onPageEvent("online", () => this.#onReturn(this.opts.reconnectOnOnline));
    platform.onPageEvent("resume", () => this.#onReturn(this.opts.reconnectOnResume));
    if (opts.autoConnect !== false) this.open();
  }

  /** Opens the connection unless it is; `onOutcome` is called once that is known. */
  open(onOutcome?: OpenCallback): this {
    this.#reconnect.on("open");
    this.#open(onOutcome);
    return this;
  }

  /** The same as `open`. */
  connect(onOutcome?: OpenCallback): this {
    return this.open(onOutcome);
  }

  /** The socket of a namespace, made on first use; connects it if it is inactive and `autoConnect` is on. */
  socket(nsp: string, options?: SocketOptions): Socket<ListenEvents, EmitEvents> {
    const name = nsp.startsWith("/") ? nsp : `/${nsp}`;
    let socket = this.nsps[name];
    if (!socket) {
      socket = new Socket(this, name, options, this.#createLink());
      this.nsps[name] = socket;
    } else if (socket.active) return socket;
    return this.opts.autoConnect === false ? socket : socket.connect();
  }

  /** Closes the connection of all sockets and does not reconnect. */
  disconnect(): void {
    this.#reconnect.on("stop");
    this.#close("forced close");
  }

  protected override stopReconnecting(): void {
    if (this.#isReconnecting()) this.#reconnect.on("stop");
  }

  #createLink(): SocketLink {
    return {
      clock: this.clock,
      isReconnecting: () => this.#isReconnecting(),
      send: (packet) => this.#send(packet),
      check: (packet) => void this.#encoder.encode(packet),
      onInactive: () => {
        if (!Object.values(this.nsps).some((socket) => socket.active)) this.disconnect();
      },
    };
  }

  #send(packet: OutgoingSocketPacket): void {
    const messages = this.#encoder.encode(packet);
    if (packet.type === EVENT || packet.type === ACK) this.engine.check(messages);
    for (const message of messages) this.engine.write(message, packet.options);
  }

  /** The network, the page or the device is back: make sure of the connection, or do not wait longer for one. */
  #onReturn(isWanted = true): void {
    if (!isWanted) return;
    if (this.engine) this.engine.probe();
    this.#reconnect.on("due");
  }

  // Opening

  #open(onOutcome?: OpenCallback): void {
    const state = this.#state;
    if (state.name === "opening" && onOutcome) state.callbacks.push(onOutcome);
    if (state.name === "open" && onOutcome) this.clock.nextTick(onOutcome);
    if (state.name !== "closed") return;
    const engine = new EngineSocket(this.#platform, this.#uri, this.opts);
    this.engine = engine;
    const timeoutMs = this.settings.timeout;
    const timer = timeoutMs === false ? undefined : this.clock.setTimer(() => this.#onTimeout(), timeoutMs);
    this.#state = { name: "opening", timer, callbacks: onOutcome ? [onOutcome] : [] };
    this.#attach(engine);
  }

  #attach(engine: EngineSocket): void {
    const ifCurrent =
      <Args extends unknown[]>(handle: (...args: Args) => void) =>
      (...args: Args): void => {
        if (this.engine === engine && this.#state.name !== "closed") handle(...args);
      };
    engine.on(
      "open",
      ifCurrent(() => this.#onOpen()),
    );
    engine.on(
      "ping",
      ifCurrent(() => this.emitReserved("ping")),
    );
    engine.on(
      "data",
      ifCurrent((data: unknown) => this.#onData(data)),
    );
    engine.on(
      "error",
      ifCurrent((error: Error) => this.#onError(error)),
    );
    engine.on(
      "close",
      ifCurrent((reason: DisconnectReason, details?: DisconnectDescription) =>
        this.#afterDelivery(() => this.#onEngineClose(reason, details)),
      ),
    );
  }

  #onTimeout(): void {
    const { engine } = this;
    this.#onOpenFailed(diagnose(engine, new Error("timeout"), "EIO_CONNECT_TIMEOUT"));
    // Not `this.engine`: a listener may have opened it again.
    engine.close();
  }

  #onOpen(): void {
    if (this.#state.name !== "opening") return;
    const { timer, callbacks } = this.#state;
    timer?.cancel();
    this.#state = { name: "open" };
    this.emitReserved("open");
    for (const callback of callbacks) this.guard(callback);
    const isReconnected = this.#reconnect.state() === "attempting";
    const { attempts } = this.settings;
    this.#reconnect.on("opened");
    this.settings.attempts = 0;
    if (isReconnected) this.emitReserved("reconnect", attempts);
  }

  #onError(error: Error): void {
    if (this.#state.name === "opening") this.#onOpenFailed(error);
    else this.emitReserved("error", error);
  }

  #onOpenFailed(error: Error): void {
    if (this.#state.name !== "opening") return;
    const { timer, callbacks } = this.#state;
    timer?.cancel();
    this.#state = { name: "closed" };
    const state = this.#reconnect.state();
    const isAttempt = state === "attempting";
    this.emitReserved("error", error);
    for (const callback of callbacks) this.guard(() => callback(error));
    // A listener may have opened it again; that attempt then takes the place of this one.
    if (this.#state.name === "closed") this.#reconnect.on("failed");
    // client.md 5.5: a program that asked for the outcome decides for itself what follows
    if (state === "idle" && callbacks.length === 0) this.#startReconnecting();
    if (isAttempt) this.emitReserved("reconnect_error", error);
  }

  #isReconnecting(): boolean {
    return /waiting|attempting/.test(this.#reconnect.state());
  }

  #onAttempt(): void {
    this.emitReserved("reconnect_attempt", this.settings.attempts);
    if (this.#reconnect.state() === "attempting") this.#open();
  }

  #startReconnecting(): void {
    if (this.#state.name !== "closed" || !this.settings.reconnection) return;
    this.#reconnect.on("lost");
    // Somebody is there, and found it lost: the delay is for losses that many clients share.
    if (this.engine.isInDoubt) this.#reconnect.on("due");
  }

  // Incoming

  #onData(data: unknown): void {
    try {
      this.#decoder.add(data);
    } catch (error) {
      this.#afterDelivery(() =>
        this.#close(
          "parse error",
          diagnose(this.engine, error instanceof Error ? error : new Error(String(error)), "SIO_PARSE_ERROR"),
        ),
      );
    }
  }

  /** A packet has its own tick: what a listener throws disturbs no other packet (client.md 5.6). */
  #deliver(packet: SocketPacket): void {
    this.#undelivered++;
    const { engine } = this;
    this.clock.nextTick(() => {
      this.#undelivered--;
      if (this.engine !== engine || this.#state.name !== "open") return;
      this.emitReserved("packet", packet);
    });
  }

  /** What happens behind packets that were decoded but not delivered stays behind them. */
  #afterDelivery(action: () => void): void {
    if (this.#undelivered === 0) {
      action();
      return;
    }
    const { engine } = this;
    this.clock.nextTick(() => {
      if (this.engine === engine) action();
    });
  }

  // Closing

  #onEngineClose(reason: DisconnectReason, details?: DisconnectDescription): void {
    if (this.#state.name === "open") this.#close(reason, details);
    else this.#onOpenFailed(details instanceof Error ? details : Object.assign(new Error(reason), details));
  }

  #close(reason: DisconnectReason, description?: DisconnectDescription): void {
    const state = this.#state;
    if (state.name === "closed") return;
    this.#state = { name: "closed" };
    if (state.name === "opening") state.timer?.cancel();
    this.#decoder.destroy();
    this.engine.close();
    this.settings.attempts = 0;
    this.emitReserved("close", reason, description);
    if (state.name === "opening") {
      for (const callback of state.callbacks) this.guard(() => callback(new Error(reason)));
    }
    this.#startReconnecting();
  }
}
