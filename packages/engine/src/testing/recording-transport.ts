import type { EnginePacket } from "@tautline/protocol/engine-packet";
import { TransportError } from "../errors.ts";
import type { OutboundPacket } from "../outbound-packet.ts";
import { Transport, type TransportIdentity, type TransportName } from "../transport.ts";

const IDENTITY: TransportIdentity = { sid: "sid", protocol: 4, supportsBinary: true, report: () => {} };

/** A transport without a network: it writes down what it is told, and receives what a test says. */
export class RecordingTransport extends Transport {
  override readonly name: TransportName;
  /** One list for each call of `send`. */
  readonly batches: (readonly OutboundPacket[])[] = [];
  /** The calls that end it, in order. */
  readonly endings: string[] = [];
  isWritable = true;
  waitingBytes = 0;
  /** When set, `close` waits for `confirm`, as polling does without a GET. */
  isCloseDeferred = false;

  constructor(name: TransportName = "websocket", identity: Partial<TransportIdentity> = {}) {
    super({ ...IDENTITY, ...identity });
    this.name = name;
  }

  override get writable(): boolean {
    return this.isWritable && this.readyState !== "closed";
  }

  override get bufferedBytes(): number {
    return this.waitingBytes;
  }

  /** What was sent, in wire form, batch by batch. */
  get sent(): (string | Uint8Array)[][] {
    return this.batches.map((packets) => packets.map((packet) => packet.payload));
  }

  override send(packets: readonly OutboundPacket[]): void {
    this.batches.push([...packets]);
  }

  override close(): void {
    if (this.readyState === "closed") return;
    this.endings.push("close");
    if (this.isCloseDeferred) this.readyState = "closing";
    else this.confirmClosed();
  }

  override discard(): void {
    if (this.readyState === "closed") return;
    this.endings.push("discard");
    this.confirmClosed();
  }

  override terminate(): void {
    this.endings.push("terminate");
    this.confirmClosed();
  }

  // What a network would do

  receive(packet: EnginePacket): void {
    this.report(packet);
  }

  becomeWritable(): void {
    this.isWritable = true;
    this.owner?.onDrain();
  }

  lose(): void {
    this.confirmClosed();
  }

  break(message: string): void {
    this.fail(new TransportError("EIO_TRANSPORT_FAILED", message));
  }
}
