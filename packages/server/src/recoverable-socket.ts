// A socket of a server with recovery: its session outlives its connection (server.md §16).

import type { BroadcastFlags } from "@tautline/adapter/namespace-view";
import type {
  PrivateSessionId,
  RecoveryRefusal,
  SessionProgress,
  SessionToPersist,
} from "@tautline/adapter/recovery";
import { SessionAwareAdapter } from "@tautline/adapter/session-aware-adapter";
import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import type { SocketPacket } from "@tautline/protocol/socket-packet";
import type { Connection } from "./connection.ts";
import { parseQuery } from "./handshake.ts";
import type { Namespace } from "./namespace.ts";
import type { Admission, NamespaceRecovery, Restored } from "./namespace-recovery.ts";
import { Socket } from "./socket.ts";
import type { DisconnectReason } from "./socket-events.ts";

/** The reasons for which a session is saved (server.md §16.3). */
const LOSSES: ReadonlySet<DisconnectReason> = new Set([
  "transport error",
  "transport close",
  "forced close",
  "ping timeout",
  "server shutting down",
  "forced server close",
]);

export class RecoverableSocket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  // biome-ignore lint/suspicious/noExplicitAny: programs that do not type their data keep what they like in it
  SocketData = any,
> extends Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  override readonly recovered: boolean;
  override readonly recoveryRefusal: RecoveryRefusal | undefined;
  /** Secret of the client: whoever presents it continues the session. */
  readonly #pid: PrivateSessionId;
  readonly #restored: Restored | undefined;
  readonly #recovery: NamespaceRecovery;
  #stage: "middleware" | "connected" | "gone" = "middleware";
  #connectedAtMs = 0;
  #progress: SessionProgress | undefined;

  constructor(
    nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    client: Connection,
    auth: Record<string, unknown>,
    { pid, restored, refusal }: Admission,
    recovery: NamespaceRecovery,
  ) {
    super(nsp, client, auth, restored?.session.sid);
    this.#pid = pid;
    this.#restored = restored;
    this.#recovery = recovery;
    this.recovered = restored !== undefined;
    this.recoveryRefusal = refusal;
    this.#progress = restored?.session.progress;
    if (restored !== undefined) this.#resume(restored.session);
  }

  /** By what the session is found when its client comes back. */
  get pid(): PrivateSessionId {
    return this.#pid;
  }

  /** Writes what the client has missed, before anything else; false when some of it is gone meanwhile. */
  replay(): boolean {
    if (this.#restored === undefined) return true;
    const missed = this.#restored.missed();
    if (missed === undefined) return false;
    for (const event of missed) this.deliver(event, false);
    return true;
  }

  override onConnect(): void {
    this.#stage = "connected";
    this.#connectedAtMs = this.nsp.clock.now();
    this.#progress ??= this.#beginProgress();
    this.#recovery.own(this);
    super.onConnect();
  }

  override discard(): void {
    if (this.#stage === "gone") return;
    const wasConnected = this.#stage === "connected";
    this.#stage = "gone";
    this.#recovery.disown(this);
    // Lost or refused in middleware, the client has received nothing: its session waits on as it was.
    if (!wasConnected && this.#restored) this.#recovery.persist(this.nsp.adapter, this.#restored.session);
    super.discard();
  }

  protected override onLeaving(reason: DisconnectReason): void {
    if (LOSSES.has(reason)) this.#recovery.persist(this.nsp.adapter, this.#describe());
  }

  protected override greet(): Record<string, unknown> {
    const greeting = { ...super.greet(), pid: this.#pid };
    return this.#knowsOffsets() ? { ...greeting, offsets: true } : greeting;
  }

  /** Events without acknowledgement are broadcast to the socket's own room, and so kept (server.md §16.2). */
  protected override transmit(packet: SocketPacket, flags: BroadcastFlags): void {
    const { adapter } = this.nsp;
    if (packet.id !== undefined || (this.#stage === "middleware" && !this.#isKeeping())) {
      super.transmit(packet, flags);
      return;
    }
    const options = { rooms: new Set([this.id]), flags };
    if (this.#stage !== "middleware") {
      adapter.broadcast(packet, options);
      return;
    }
    // S9: broadcasts do not reach a socket in middleware. What a restored one is sent takes its place behind what its
    // client has missed; a new one gets it at once.
    this.notifyOutgoing(packet);
    if (this.recovered) adapter.broadcast(packet, options);
    else if (adapter instanceof SessionAwareAdapter) {
      this.deliver(adapter.encodeMarked(packet, options), flags.volatile === true);
    }
  }

  #resume({ data, rooms }: SessionToPersist): void {
    this.data = data as SocketData;
    this.#recovery.own(this);
    // As it was: `join` would ask for the limit, which it kept when it joined them.
    this.nsp.adapter.addAll(this.id, new Set(rooms));
  }

  #isKeeping(): boolean {
    return this.nsp.adapter instanceof SessionAwareAdapter;
  }

  /** Our client takes offsets off the events, if it may rely on their being there (design §2.9). */
  #knowsOffsets(): boolean {
    return this.#isKeeping() && parseQuery(this.request?.url ?? "").offsets === "1";
  }

  #beginProgress(): SessionProgress | undefined {
    const { adapter } = this.nsp;
    if (!(adapter instanceof SessionAwareAdapter)) return undefined;
    const { offset } = this.handshake.auth;
    return {
      start: adapter.newestOffset,
      staleOffset: typeof offset === "string" ? offset : undefined,
      receivedUntilMs: this.#connectedAtMs,
    };
  }

  #describe(): SessionToPersist {
    const session = { sid: this.id, pid: this.#pid, rooms: [...this.rooms], data: this.data };
    if (this.#progress === undefined) return session;
    const nowMs = this.nsp.clock.now();
    const answeredMs = nowMs - this.nsp.recovery.lossDetectionMs;
    // On a connection that lasted as long as that, a heartbeat was answered behind everything sent before.
    const receivedUntilMs = answeredMs > this.#connectedAtMs ? answeredMs : this.#progress.receivedUntilMs;
    return { ...session, progress: { ...this.#progress, receivedUntilMs } };
  }
}
