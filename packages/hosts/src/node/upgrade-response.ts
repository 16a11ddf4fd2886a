import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/**
 * The response that middlewares are given on an upgrade (EIO §21): headers that are set join the 101, what would
 * be written goes nowhere, and `end` destroys the connection.
 */
export class UpgradeResponse extends ServerResponse {
  readonly #socket: Duplex;
  /** Lower-case name → the name as it was set. */
  readonly #names: Map<string, string> = new Map();
  #isFinished = false;

  constructor(req: IncomingMessage, socket: Duplex) {
    super(req);
    this.#socket = socket;
  }

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.#names.set(name.toLowerCase(), name);
    return super.setHeader(name, value);
  }

  override write(): boolean {
    return true;
  }

  override writeHead(): this {
    return this;
  }

  override end(): this {
    this.#socket.destroy();
    this.finish();
    return this;
  }

  /** Called when the upgrade was answered: nothing can be added any more (EIO §0.3). */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.emit("finish");
    this.emit("close");
  }

  /** What middlewares have set, after those that wait for `writeHead` had their turn. */
  takeHeaders(): Record<string, string | number | readonly string[]> {
    this.writeHead();
    const headers: Record<string, string | number | readonly string[]> = {};
    for (const [lowerCase, value] of Object.entries(this.getHeaders())) {
      if (value !== undefined) headers[this.#names.get(lowerCase) ?? lowerCase] = value;
    }
    return headers;
  }
}
