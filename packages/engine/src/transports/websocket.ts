import type { Base64 } from "@tautline/protocol/base64";
import { decodeTextPacket, type EnginePacket } from "@tautline/protocol/engine-packet";
import { decodeV3BinaryPacket, decodeV3TextPacket } from "@tautline/protocol/engine-v3";
import { TransportError } from "../errors.ts";
import { asBinary3, asText, asText3 } from "../outbound-forms.ts";
import type { OutboundPacket, SharedMessage } from "../outbound-packet.ts";
import type { WebSocketLink, WebSocketSink } from "../ports.ts";
import { Transport, type TransportIdentity } from "../transport.ts";

const DIGIT_MESSAGE = 0x34;

/** WebSocket (EIO §10): one packet per message; no `close` packet, closing is the connection's own. */
export class WebSocketTransport extends Transport implements WebSocketSink {
  override readonly name = "websocket" as const;
  /** The raw connection; programs read its `protocol` (EIO §44). */
  readonly socket: WebSocketLink;
  readonly #base64: Base64;

  constructor(link: WebSocketLink, identity: TransportIdentity, base64: Base64) {
    super(identity);
    this.socket = link;
    this.#base64 = base64;
  }

  /** Begins reading, with what came behind the handshake; what arrives goes to the owner. */
  start(head?: Uint8Array): void {
    this.socket.start(this, head);
  }

  // Receiving

  /** HOT PATH: nothing is allocated for a message besides its text. */
  onText(text: string): void {
    if (text.charCodeAt(0) === DIGIT_MESSAGE && text.length > 1 && !this.hasListeners("packet")) {
      this.owner?.onMessage(text.slice(1));
      return;
    }
    this.report(
      this.protocol === 4 ? decodeTextPacket(text, this.#base64) : decodeV3TextPacket(text, this.#base64),
    );
  }

  onBinary(bytes: Uint8Array): void {
    if (this.protocol === 4) {
      // EIO §3.2: binary is a message as it stands.
      if (this.hasListeners("packet")) this.emit("packet", { type: "message", data: bytes });
      this.owner?.onMessage(bytes);
      return;
    }
    const packet: EnginePacket | undefined = decodeV3BinaryPacket(bytes);
    // EIO §5.1: an unlisted type byte is ignored.
    if (packet !== undefined) this.report(packet);
  }

  onDrain(): void {
    if (this.readyState !== "open") return;
    if (this.hasListeners("drain")) this.emit("drain");
    if (this.hasListeners("ready")) this.emit("ready");
    this.owner?.onDrain();
  }

  onError(error: Error): void {
    if (this.readyState === "closed") return;
    this.fail(new TransportError("EIO_TRANSPORT_FAILED", "websocket error", error));
  }

  onClose(): void {
    this.confirmClosed();
  }

  // Sending

  override get writable(): boolean {
    return this.readyState === "open" && this.socket.isWritable;
  }

  override get bufferedBytes(): number {
    return this.socket.bufferedBytes;
  }

  /** HOT PATH: of revision 4 with binary, packets are handed over as they are. */
  override send(packets: readonly OutboundPacket[]): void {
    if (this.protocol === 4 && this.supportsBinary) this.socket.writeBatch(packets);
    else this.socket.writeBatch(packets.map((packet) => this.#formOf(packet)));
    if (this.hasListeners("drain") && this.socket.isWritable) this.emit("drain");
  }

  #formOf(packet: OutboundPacket): SharedMessage {
    if (this.protocol === 4) return asText(packet, this.#base64);
    return this.supportsBinary ? asBinary3(packet) : asText3(packet, this.#base64);
  }

  // Closing

  /** EIO §14.1: closed at once, without waiting for the peer's close frame. */
  override close(): void {
    if (this.readyState === "closed") return;
    this.socket.close();
    this.confirmClosed();
  }

  override discard(): void {
    this.close();
  }

  override terminate(): void {
    this.socket.terminate();
    this.confirmClosed();
  }
}
