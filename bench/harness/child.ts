// One child process that answers numbered requests. It ends with this process: its IPC channel closes.

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const ANSWER_WITHIN_MS = 60_000;
const root: string = fileURLToPath(new URL("../..", import.meta.url));

export interface ChildOptions {
  /** The program, relative to the repository. */
  readonly program: string;
  readonly programArguments: readonly string[];
  readonly nodeArguments: readonly string[];
}

interface Waiting<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class Child<Request extends object, Reply extends { readonly id: number }> {
  readonly #process: ChildProcess;
  readonly #program: string;
  readonly #waiting = new Map<number, Waiting<Reply>>();
  #lastId = 0;

  constructor(options: ChildOptions, isReply: (message: unknown) => message is Reply) {
    this.#program = options.program;
    this.#process = fork(options.program, options.programArguments, {
      cwd: root,
      execArgv: ["--import", "tsx", ...options.nodeArguments],
    });
    this.#process.on("message", (message) => {
      if (isReply(message)) this.#settle(message.id)?.resolve(message);
    });
    this.#process.on("exit", (code, signal) => this.#failAll(`ended with ${signal ?? code}`));
    this.#process.on("error", (error) => this.#failAll(error.message));
  }

  /** Sends a request; rejects if the process ends or stays silent for a minute. */
  ask(request: Request): Promise<Reply> {
    this.#lastId++;
    const reply = this.waitFor(this.#lastId);
    this.#process.send({ ...request, id: this.#lastId });
    return reply;
  }

  /** The reply of this id; 0 is what the process says unasked when it is ready. */
  waitFor(id: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settle(id)?.reject(new Error(`${this.#program} gave no answer within ${ANSWER_WITHIN_MS} ms`));
      }, ANSWER_WITHIN_MS);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  /** Ends the process; with a request, the process ends itself on it and can write its profile first. */
  stop(request?: Request): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#process.once("exit", () => resolve());
      if (request === undefined || !this.#process.connected) this.#process.kill();
      else this.#process.send({ ...request, id: 0 });
    });
  }

  #settle(id: number): Waiting<Reply> | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    return waiting;
  }

  #failAll(what: string): void {
    for (const id of [...this.#waiting.keys()]) {
      this.#settle(id)?.reject(new Error(`${this.#program} ${what}`));
    }
  }
}
