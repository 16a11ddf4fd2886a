// A platform for tests: time stands still, transports record what they are given and do what they are told.

import { ManualClock } from "@tautline/events/testing/manual-clock";
import type { Base64 } from "@tautline/protocol/base64";
import type { OutgoingPacket } from "../engine/packet.ts";
import { Transport, type TransportConstructor } from "../engine/transport.ts";
import { startUpgrade } from "../engine/upgrade.ts";
import type { BinaryType, PageEvent, PageLocation, Platform } from "../platform.ts";

/** A transport that the test plays the server of. */
export class RecordingTransport extends Transport {
  readonly sent: OutgoingPacket[] = [];
  isClosed = false;

  get name(): string {
    return "polling";
  }

  /** Opens, and says what a server says first. */
  accept(handshake: object = {}): void {
    this.onOpen();
    const data = {
      sid: "s1",
      upgrades: [],
      pingInterval: 100,
      pingTimeout: 50,
      maxPayload: 1000,
      ...handshake,
    };
    this.receive("open", JSON.stringify(data));
  }

  receive(type: Parameters<typeof this.onPacket>[0]["type"], data?: unknown): void {
    this.onPacket(data === undefined ? { type } : { type, data });
  }

  /** What was sent went out. */
  drain(): void {
    this.onDrain();
  }

  fail(description: unknown): void {
    this.onError(this.failure, description);
  }

  end(): void {
    this.onClose({ description: "ended by the test" });
  }

  /** Data of the messages sent. */
  get messages(): unknown[] {
    return this.sent.filter(({ type }) => type === "message").map(({ data }) => data);
  }

  protected override doOpen(): void {}

  protected override doClose(): void {
    this.isClosed = true;
  }

  protected override write(packets: readonly OutgoingPacket[]): void {
    this.sent.push(...packets);
  }
}

/** The same under another name. */
class RecordingWebSocket extends RecordingTransport {
  override get name(): string {
    return "websocket";
  }
}

export class RecordingPlatform implements Platform {
  readonly clock: ManualClock = new ManualClock();
  /** Every transport made, in order. */
  readonly made: RecordingTransport[] = [];
  readonly transports: ReadonlyMap<string, TransportConstructor>;
  readonly base64: Base64 = {
    encode: (bytes) => Buffer.from(bytes).toString("base64"),
    decode: (text) => Buffer.from(text, "base64"),
  };
  readonly binaryType: BinaryType = "arraybuffer";
  readonly memory: Platform["memory"] = { isWebSocketKnownToWork: false };
  readonly startUpgrade: typeof startUpgrade = startUpgrade;
  readonly random = (): number => 0.75;
  page: PageLocation | undefined;
  readonly offline: Set<() => void> = new Set<() => void>();
  readonly online: Set<() => void> = new Set<() => void>();
  readonly resume: Set<() => void> = new Set<() => void>();
  readonly leaving: Set<() => void> = new Set<() => void>();

  constructor() {
    const { made } = this;
    this.transports = new Map<string, TransportConstructor>([
      [
        "polling",
        class extends RecordingTransport {
          constructor(...args: ConstructorParameters<TransportConstructor>) {
            super(...args);
            made.push(this);
          }
        },
      ],
      [
        "websocket",
        class extends RecordingWebSocket {
          constructor(...args: ConstructorParameters<TransportConstructor>) {
            super(...args);
            made.push(this);
          }
        },
      ],
    ]);
  }

  /** The transport made last. */
  get latest(): RecordingTransport {
    const transport = this.made.at(-1);
    if (!transport) throw new Error("no transport was made");
    return transport;
  }

  defaultTransports(): string[] {
    return [...this.transports.keys()];
  }

  createClock(): ManualClock {
    return this.clock;
  }

  location(): PageLocation | undefined {
    return this.page;
  }

  toBinary(bytes: Uint8Array): unknown {
    return bytes.slice().buffer;
  }

  onPageEvent(event: PageEvent, callback: () => void): () => void {
    const { offline, online, resume, leaving: beforeunload } = this;
    const callbacks = { offline, online, resume, beforeunload }[event];
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  }
}
