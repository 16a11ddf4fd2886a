import type { Buffer } from "node:buffer";
import type { LoadConnection, PacketSink } from "./connection.ts";
import { encodeClientFrame } from "./frames.ts";
import type { Tally } from "./tally.ts";

/** The first connection commands a broadcast as soon as everybody has received all of the one before. */
export class BroadcastTraffic implements PacketSink {
  readonly #tally: Tally;
  readonly #perTurn: number;
  readonly #command: Buffer;
  #commander: LoadConnection | undefined = undefined;
  #receivers = 0;
  #outstanding = 0;
  #received = 0;

  constructor(tally: Tally, perTurn: number) {
    this.#tally = tally;
    this.#perTurn = perTurn;
    this.#command = encodeClientFrame(`42["broadcast",${perTurn}]`);
  }

  start(connections: readonly LoadConnection[]): void {
    for (const connection of connections) connection.sink = this;
    this.#receivers = connections.length;
    this.#commander = connections[0];
    this.#next();
  }

  /** Every packet is a delivery: deflated ones are not opened. */
  onPacket(): void {
    this.#received++;
  }

  onReadEnd(): void {
    this.#tally.count(this.#received);
    this.#outstanding -= this.#received;
    this.#received = 0;
    if (this.#outstanding === 0) this.#next();
  }

  #next(): void {
    this.#outstanding = this.#perTurn * this.#receivers;
    this.#commander?.write(this.#command);
  }
}
