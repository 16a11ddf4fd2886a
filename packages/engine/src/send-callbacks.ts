import { guard, type Report } from "@tautline/events/guard";
import type { SendCallback } from "./session-events.ts";
import type { Transport } from "./transport.ts";

/** The callbacks that programs gave to `send`; a session has one of these only if they do. */
export class SendCallbacks {
  readonly #report: Report;
  #queued: SendCallback[] = [];
  #handedOver: SendCallback[] = [];

  constructor(report: Report) {
    this.#report = report;
  }

  /** Of a message that joins the queue. */
  add(callback: SendCallback): void {
    this.#queued.push(callback);
  }

  /** The whole queue went to the transport. */
  onHandedOver(): void {
    this.#handedOver = this.#handedOver.concat(this.#queued);
    this.#queued = [];
  }

  /** The transport has written what it was given. */
  run(transport: Transport): void {
    const callbacks = this.#handedOver;
    this.#handedOver = [];
    for (const callback of callbacks) guard(this.#report, () => callback(transport));
  }
}
