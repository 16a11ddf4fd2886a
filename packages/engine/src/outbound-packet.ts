import type { EnginePacketType } from "@tautline/protocol/engine-packet";

/**
 * One engine packet on its way out, shared by every session that sends it.
 *
 * A broadcast makes one of these and queues a reference in each session; every encoding is made when it is
 * first asked for and kept here (design: encode once). It also satisfies the `Message` of packages/websocket,
 * which keeps its finished frames in the two memo fields.
 */
export class OutboundPacket {
  readonly type: EnginePacketType;
  /** The data without type digit, as the program gave it: what `packetCreate` and `flush` listeners see. */
  readonly data: string | Uint8Array | undefined;
  /** The content of the WebSocket message, revision 4 (EIO §3.1): type digit and text, or the bare bytes. */
  readonly payload: string | Uint8Array;
  readonly compress: boolean;
  /** Memo of the WebSocket endpoint: the complete unmasked frame. */
  frame: Uint8Array | undefined = undefined;
  /** Memo of the WebSocket endpoint: the complete unmasked frame, deflated without context takeover. */
  deflatedFrame: Uint8Array | undefined = undefined;
}
