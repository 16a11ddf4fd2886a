// WebTransport sessions until their first packet says what they are for (EIO §11.1).
//
// There is no request: whoever opens a session has given nothing yet, and has `upgradeTimeout` to do so.

import type { Base64 } from "@tautline/protocol/base64";
import type { EnginePacket } from "@tautline/protocol/engine-packet";
import { FrameDecoder } from "@tautline/protocol/webtransport-frames";
import type { DeadlineQueue } from "./deadlines.ts";
import { closeWebTransportSession, WebTransportLink } from "./webtransport-link.ts";
import type { WebTransportSession } from "./webtransport-session.ts";

/** What a session turned out to be. */
export interface Opening {
  readonly link: WebTransportLink;
  /** The Engine.IO session that is to move here; `undefined` asks for a new one. */
  readonly sid: string | undefined;
  /** What arrived right behind the first packet. */
  readonly early: readonly EnginePacket[];
}

export interface OpeningLimits {
  readonly upgradeTimeout: number;
  readonly maxHttpBufferSize: number;
}

/** The WebTransport sessions that have not said anything yet. */
export class WebTransportOpenings {
  readonly #deadlines: DeadlineQueue;
  readonly #base64: Base64;
  readonly #waiting: Map<WebTransportSession, () => void> = new Map();

  constructor(deadlines: DeadlineQueue, base64: Base64) {
    this.#deadlines = deadlines;
    this.#base64 = base64;
  }

  /** Resolves with the first packet's meaning; with `undefined` when there is none in time. Never rejects. */
  async open(session: WebTransportSession, limits: OpeningLimits): Promise<Opening | undefined> {
    const opening = await new Promise<Opening | undefined>((resolve) => {
      const settle = (result: Opening | undefined): void => {
        this.#deadlines.disarm(expiry);
        resolve(result);
      };
      const giveUp = (): void => settle(undefined);
      const expiry = this.#deadlines.after(limits.upgradeTimeout, giveUp);
      this.#waiting.set(session, giveUp);
      session.closed.then(giveUp, giveUp);
      this.#read(session, limits).then(settle, giveUp);
    });
    this.#waiting.delete(session);
    if (opening === undefined) closeWebTransportSession(session);
    return opening;
  }

  /** Gives up on all of them. */
  close(): void {
    for (const giveUp of this.#waiting.values()) giveUp();
  }

  async #read(session: WebTransportSession, limits: OpeningLimits): Promise<Opening | undefined> {
    // EIO §11.1.3: the first bidirectional stream; further ones are never taken.
    const { done, value: stream } = await session.incomingBidirectionalStreams.getReader().read();
    if (done || stream === undefined) return undefined;
    const decoder = new FrameDecoder({ maxPayloadBytes: limits.maxHttpBufferSize, base64: this.#base64 });
    const link = new WebTransportLink(session, stream, decoder);
    const [first, ...early] = (await link.read()) ?? [];
    if (first?.type !== "open") return undefined;
    if (first.data === undefined) return { link, sid: undefined, early };
    const sid = readSid(first.data);
    return sid === undefined ? undefined : { link, sid, early };
  }
}

/** EIO §11.1.5. */
function readSid(data: string | Uint8Array): string | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const handshake: unknown = JSON.parse(data);
    if (typeof handshake !== "object" || handshake === null || !("sid" in handshake)) return undefined;
    return typeof handshake.sid === "string" ? handshake.sid : undefined;
  } catch {
    return undefined;
  }
}
