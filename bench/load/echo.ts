import { Buffer } from "node:buffer";
import type { LoadConnection, PacketSink } from "./connection.ts";
import { encodeClientFrame } from "./frames.ts";
import type { Tally } from "./tally.ts";

const ACK = [0x34, 0x33] as const; // SIO §29: "4" message, "3" ack
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** Keeps `inFlight` events per connection under way: each ack that arrives sends the next event of its slot. */
export class EchoTraffic implements PacketSink {
  readonly #tally: Tally;
  readonly #frames: readonly Buffer[];
  #acked: number[] = [];
  #readAt = 0;

  constructor(tally: Tally, inFlight: number, textBytes: number) {
    this.#tally = tally;
    const text = "x".repeat(textBytes);
    this.#frames = Array.from({ length: inFlight }, (_, slot) =>
      encodeClientFrame(`42${slot}["echo","${text}"]`),
    );
  }

  start(connections: readonly LoadConnection[]): void {
    for (const connection of connections) {
      connection.sink = this;
      connection.sentAt = new Float64Array(this.#frames.length).fill(performance.now());
      connection.write(Buffer.concat(this.#frames));
    }
  }

  onPacket(connection: LoadConnection, chunk: Buffer, start: number, end: number): void {
    if (chunk[start] !== ACK[0] || chunk[start + 1] !== ACK[1]) return;
    const slot = readNumber(chunk, start + 2, end);
    if (this.#acked.length === 0) this.#readAt = performance.now();
    this.#acked.push(slot);
    this.#tally.record(this.#readAt - (connection.sentAt[slot] ?? 0));
    connection.sentAt[slot] = this.#readAt;
  }

  onReadEnd(connection: LoadConnection): void {
    const acked = this.#acked;
    if (acked.length === 0) return;
    this.#acked = [];
    this.#tally.count(acked.length);
    connection.write(Buffer.concat(acked.flatMap((slot) => this.#frames[slot] ?? [])));
  }
}

function readNumber(chunk: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = chunk[at] ?? 0;
    if (byte < DIGIT_0 || byte > DIGIT_9) break;
    value = value * 10 + byte - DIGIT_0;
  }
  return value;
}
