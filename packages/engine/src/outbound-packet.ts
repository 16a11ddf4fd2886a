import { ENGINE_PACKET_DIGITS, type EnginePacketType } from "@tautline/protocol/engine-packet";

/** One WebSocket message that many connections may send: the shape that packages/websocket memoises frames in. */
export interface SharedMessage {
  readonly payload: string | Uint8Array;
  readonly compress: boolean;
  frame: Uint8Array | undefined;
  deflatedFrame: Uint8Array | undefined;
}

/** The encodings that few sessions need, each made when first asked for. */
interface OtherForms {
  /** `b…` of revision 4, `b4…` of revision 3. */
  text4?: SharedMessage;
  text3?: SharedMessage;
  /** Revision 3: type byte and bytes. */
  bytes3?: SharedMessage;
  /** WebTransport: header and content. */
  streamFrame?: Uint8Array;
}

/**
 * What becomes of an event for a peer that does not read, once `maxBufferedBytes` wait for it (SEC §4): the session is
 * closed, or the event is dropped as a volatile one would be, or older ones make room for it.
 */
export type SlowConsumerPolicy = "disconnect" | "drop-volatile" | "drop-oldest";

/**
 * One engine packet on its way out, shared by every session that sends it.
 *
 * A broadcast makes one of these and queues a reference in each session; every encoding is made when it is
 * first asked for and kept here (design: encode once). It also satisfies the `Message` of packages/websocket,
 * which keeps its finished frames in the two memo fields.
 *
 * @example
 * const tick = new OutboundPacket("message", "tick", true);
 * for (const session of sessions) session.sendPacket(tick);
 */
export class OutboundPacket implements SharedMessage {
  readonly type: EnginePacketType;
  /** The data without type digit, as the program gave it: what `packetCreate` and `flush` listeners see. */
  readonly data: string | Uint8Array | undefined;
  /** The content of the WebSocket message, revision 4 (EIO §3.1): type digit and text, or the bare bytes. */
  readonly payload: string | Uint8Array;
  readonly compress: boolean;
  /** Set by the layer above for its events; anything else must arrive, or the session end. */
  slowConsumer: SlowConsumerPolicy = "disconnect";
  /** Whether it belongs to the packet before it, as attachments do: they are dropped together. */
  isPart = false;
  /** Memo of the WebSocket endpoint: the complete unmasked frame. */
  frame: Uint8Array | undefined = undefined;
  /** Memo of the WebSocket endpoint: the complete unmasked frame, deflated without context takeover. */
  deflatedFrame: Uint8Array | undefined = undefined;
  /** Memo of `outbound-forms.ts`. */
  forms: OtherForms | undefined = undefined;
  /** Memo of `byteLengthOf`; -1 until it is asked for. */
  knownBytes = -1;
  #alone: readonly OutboundPacket[] | undefined = undefined;

  /** Binary data travels in a `message` only. An empty text is the same as none (EIO §3.1). */
  constructor(type: EnginePacketType, data?: string | Uint8Array, compress = true) {
    this.type = type;
    this.data = data;
    this.compress = compress;
    this.payload =
      typeof data === "object"
        ? data
        : data === undefined
          ? ENGINE_PACKET_DIGITS[type]
          : ENGINE_PACKET_DIGITS[type] + data;
  }

  /** The list of this packet only: what a queue holds that holds nothing else, which is nearly always. */
  get alone(): readonly OutboundPacket[] {
    this.#alone ??= [this];
    return this.#alone;
  }

  /** What upstream's packet objects carry, for listeners of `packetCreate` and `flush`. */
  get options(): { compress: boolean } {
    return { compress: this.compress };
  }
}

// Packets without data of their own: made once, so that their frames are too.
export const PING: OutboundPacket = new OutboundPacket("ping");
export const PONG: OutboundPacket = new OutboundPacket("pong");
export const PROBE_PONG: OutboundPacket = new OutboundPacket("pong", "probe");
export const NOOP: OutboundPacket = new OutboundPacket("noop");
export const CLOSE: OutboundPacket = new OutboundPacket("close");
