import type { BodyEvents } from "../node/body.ts";
import { GrowingBuffer } from "../node/body.ts";
import type { UwsResponder } from "./app.ts";

type BodyState =
  | { readonly kind: "arriving" }
  | { readonly kind: "complete"; readonly bytes: Uint8Array }
  | { readonly kind: "too large" };

/** The body of a request. It is collected from the beginning, as the bytes are offered only once. */
export class UwsBody {
  #state: BodyState = { kind: "arriving" };
  #events: BodyEvents | undefined;

  /** `limitBytes` exactly is allowed (EIO §9.4). */
  constructor(res: UwsResponder, limitBytes: number) {
    const collected = new GrowingBuffer();
    res.onData((chunk, isLast) => {
      if (this.#state.kind !== "arriving") return;
      if (collected.byteLength + chunk.byteLength > limitBytes) {
        this.#settle({ kind: "too large" });
        return;
      }
      // The chunk is not ours once this returns.
      collected.append(Buffer.from(new Uint8Array(chunk)));
      if (isLast) this.#settle({ kind: "complete", bytes: collected.toBytes() });
    });
  }

  /** Names who is told; in a tick of its own when everything is there already. */
  read(events: BodyEvents): void {
    this.#events = events;
    if (this.#state.kind !== "arriving") process.nextTick(() => this.#tell());
  }

  #settle(state: BodyState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    const events = this.#events;
    if (events === undefined) return;
    this.#events = undefined;
    if (this.#state.kind === "complete") events.onBody(this.#state.bytes);
    else events.onTooLarge();
  }
}
