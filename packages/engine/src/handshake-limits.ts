// The limits on handshakes that a program may turn on (SEC §2).

import type { Clock } from "@tautline/events/clock";
import { errorCodes, type Refusal } from "./errors.ts";
import type { HandshakeLimits } from "./options.ts";

const RETRY_AFTER_SECONDS = 1;

/** Counts what the limits are about; one per engine. */
export class HandshakeLimiter {
  readonly #clock: Clock;
  readonly #limits: HandshakeLimits;
  #secondBeganMs = 0;
  #handshakesInSecond = 0;
  readonly #sessionsByAddress: Map<string, number> = new Map();

  constructor(clock: Clock, limits: HandshakeLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Counts one handshake; a refusal when it is one too many. */
  admit(address: string | undefined): Refusal | undefined {
    const { handshake } = this.#limits;
    if (handshake !== undefined && this.#isTooFast(handshake)) {
      return createLimitRefusal("HANDSHAKE_LIMIT", "Too many handshakes");
    }
    return this.admitAddress(address);
  }

  /** A refusal when the address has its sessions: asked again once the program has let the handshake in. */
  admitAddress(address: string | undefined): Refusal | undefined {
    const { perAddress } = this.#limits;
    if (perAddress === undefined || this.#sessionsOf(address) < perAddress) return undefined;
    return createLimitRefusal("ADDRESS_LIMIT", "Too many connections");
  }

  onSessionOpen(address: string | undefined): void {
    if (this.#limits.perAddress === undefined || address === undefined) return;
    this.#sessionsByAddress.set(address, this.#sessionsOf(address) + 1);
  }

  onSessionClosed(address: string | undefined): void {
    if (address === undefined || !this.#sessionsByAddress.has(address)) return;
    const remaining = this.#sessionsOf(address) - 1;
    if (remaining > 0) this.#sessionsByAddress.set(address, remaining);
    else this.#sessionsByAddress.delete(address);
  }

  #isTooFast(perSecond: number): boolean {
    const nowMs = this.#clock.now();
    if (nowMs - this.#secondBeganMs >= 1000) {
      this.#secondBeganMs = nowMs;
      this.#handshakesInSecond = 0;
    }
    this.#handshakesInSecond++;
    return this.#handshakesInSecond > perSecond;
  }

  #sessionsOf(address: string | undefined): number {
    return address === undefined ? 0 : (this.#sessionsByAddress.get(address) ?? 0);
  }
}

function createLimitRefusal(name: string, wireMessage: string): Refusal {
  return {
    code: errorCodes.FORBIDDEN,
    context: { name },
    wireMessage,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  };
}
