import type { Clock } from "@tautline/events/clock";
import type { Report } from "@tautline/events/guard";
import type { DeadlineQueue } from "./deadlines.ts";
import type { OutboundPacket } from "./outbound-packet.ts";
import type { Session } from "./session.ts";
import type { TurnWriter } from "./turn-writer.ts";

/** What a session asks of its engine: the port between the two. */
export interface SessionHost<Request = unknown> {
  readonly clock: Clock;
  readonly deadlines: DeadlineQueue;
  readonly turnWriter: TurnWriter;
  /** Where errors of the program's own functions go. */
  readonly report: Report;
  readonly opts: {
    readonly pingInterval: number;
    readonly pingTimeout: number;
    readonly upgradeTimeout: number;
    readonly maxBufferedBytes: number;
    readonly initialPacket?: unknown;
  };
  /** The data of the open packet (EIO §8). */
  describeSession(session: Session<Request>): string;
  onFlush(session: Session<Request>, packets: readonly OutboundPacket[]): void;
  onDrain(session: Session<Request>): void;
  onSessionClosed(session: Session<Request>): void;
}
