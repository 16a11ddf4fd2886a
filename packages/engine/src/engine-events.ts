import type { RefusalCode } from "./errors.ts";
import type { OutboundPacket } from "./outbound-packet.ts";
import type { Headers } from "./ports.ts";
import type { Session } from "./session.ts";

/** What `connection_error` listeners are told (EIO §7.4). */
export interface ConnectionError<Request> {
  req: Request;
  code: RefusalCode;
  message: string;
  context: Readonly<Record<string, unknown>>;
}

/** The events of an engine (EIO §42). */
export interface EngineEvents<Request> {
  connection: (session: Session<Request>) => void;
  connection_error: (error: ConnectionError<Request>) => void;
  initial_headers: (headers: Headers, request: Request) => void;
  headers: (headers: Headers, request: Request) => void;
  flush: (session: Session<Request>, packets: readonly OutboundPacket[]) => void;
  drain: (session: Session<Request>) => void;
}
