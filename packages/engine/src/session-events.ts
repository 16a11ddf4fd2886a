import type { EnginePacket } from "@tautline/protocol/engine-packet";
import type { CloseReason } from "./close-reasons.ts";
import type { OutboundPacket } from "./outbound-packet.ts";
import type { Transport } from "./transport.ts";

/** The events of a session (EIO §43). */
export interface SessionEvents {
  open: () => void;
  data: (data: string | Uint8Array | undefined) => void;
  message: (data: string | Uint8Array | undefined) => void;
  packet: (packet: EnginePacket) => void;
  packetCreate: (packet: OutboundPacket) => void;
  flush: (packets: readonly OutboundPacket[]) => void;
  drain: () => void;
  heartbeat: () => void;
  upgrading: (transport: Transport) => void;
  upgrade: (transport: Transport) => void;
  close: (reason: CloseReason, description?: unknown) => void;
  error: (error: Error) => void;
}

export interface SendOptions {
  /** Whether the message may be compressed. Default true. */
  compress?: boolean;
}

/** Called with the transport once the batch that carried the message was written. */
export type SendCallback = (transport: Transport) => void;
