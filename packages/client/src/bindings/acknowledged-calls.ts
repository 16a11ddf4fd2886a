/** What has become of the latest call. */
export type CallState<Answer> =
  | { readonly status: "idle"; readonly answer?: undefined; readonly error?: undefined }
  | { readonly status: "pending"; readonly answer?: undefined; readonly error?: undefined }
  | { readonly status: "answered"; readonly answer: Answer; readonly error?: undefined }
  | { readonly status: "failed"; readonly answer?: undefined; readonly error: Error };

/** Nothing was called. */
export const idle: CallState<never> = { status: "idle" };

/** How an event is sent that asks for an answer. */
export interface CallOptions {
  /** Milliseconds to wait for the answer. Default: no limit but the end of the connection, or the socket's `ackTimeout`. */
  readonly timeout?: number | undefined;
}

/** What is needed of a socket; every `Socket` has it. */
export interface CallingSocket {
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
  timeout(timeoutMs: number): CallingSocket;
}

/** An event on its way. */
export interface Call extends CallOptions {
  readonly socket: CallingSocket | undefined;
  readonly event: string;
  readonly args: readonly unknown[];
}

/** The events that one component has sent and that wait for an answer. */
export class AcknowledgedCalls {
  readonly #show: (state: CallState<unknown>) => void;
  readonly #waiting = new Set<(error: Error) => void>();
  /** Counts the calls: the latest alone is shown. */
  #turn = 0;

  constructor(show: (state: CallState<unknown>) => void) {
    this.#show = show;
  }

  /** Sends an event. What it rejects with is shown, and so does not count as unhandled. */
  run(call: Call): Promise<unknown> {
    const turn = ++this.#turn;
    const tell = (state: CallState<unknown>): void => {
      if (turn === this.#turn) this.#show(state);
    };
    tell({ status: "pending" });
    const answered = this.#wait(send(call));
    answered.then(
      (answer) => tell({ status: "answered", answer }),
      (error) => tell({ status: "failed", error }),
    );
    return answered;
  }

  /** Forgets what is shown; who waits still gets the answer. */
  reset(): void {
    this.#turn++;
    this.#show(idle);
  }

  /** Rejects all that wait with an `AbortError`. What was sent, or waits for the connection, is not taken back. */
  abort(): void {
    if (this.#waiting.size === 0) return;
    this.reset();
    const error = new Error("nobody waits for the answer any more: the component is gone");
    error.name = "AbortError";
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  #wait(answer: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      answer.then(resolve, reject).then(() => this.#waiting.delete(reject));
    });
  }
}

async function send({ socket, event, args, timeout }: Call): Promise<unknown> {
  if (!socket) throw new Error("there is no socket yet");
  const sender = timeout === undefined ? socket : socket.timeout(timeout);
  return sender.emitWithAck(event, ...args);
}
