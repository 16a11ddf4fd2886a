import type { TransportOptions } from "../../engine/options.ts";
import type { WebSocketConnector, WebSocketHandler, WebSocketLink } from "../../engine/websocket.ts";
import type { ConnectSocketOptions, MiniProgram, SocketTask } from "./mini-program.ts";

// opening ──open──▶ open ──close, error──▶ ended
// opening ──close()──▶ unwanted ──open──▶ ended: a task that is closed before it is open may open all the same.
type State = "opening" | "unwanted" | "open" | "ended";

/** Opens WebSockets by `wx.connectSocket` (client-platforms.md 7.1 and 7.2). */
export function createSocketConnector(host: () => MiniProgram): WebSocketConnector {
  return (uri, protocols, options, handler) => {
    const connection = new TaskConnection(handler);
    const task = host().connectSocket({
      ...settingsOf(options),
      url: uri,
      header: options.socket.cookieJar?.merge(options.extraHeaders ?? {}) ?? options.extraHeaders ?? {},
      ...(protocols && { protocols: typeof protocols === "string" ? [protocols] : protocols }),
      fail: (failure) => options.socket.clock.nextTick(() => connection.onError(failure)),
    });
    if (!task) throw new Error("connectSocket returned no task: too many sockets, or too old a host");
    connection.attach(task);
    return connection;
  };
}

/** What `transportOptions.websocket` may have beyond the options of the engine. */
function settingsOf({ transportOptions }: TransportOptions): Partial<ConnectSocketOptions> {
  const names = ["tcpNoDelay", "perMessageDeflate", "timeout", "forceCellularNetwork"];
  const own = Object.entries(transportOptions?.websocket ?? {});
  return Object.fromEntries(own.filter(([name]) => names.includes(name)));
}

/** One task. Its listeners cannot be taken back, so that what it reports after its end is ignored. */
class TaskConnection implements WebSocketLink {
  readonly #handler: WebSocketHandler;
  #task: SocketTask | undefined;
  #state: State = "opening";

  constructor(handler: WebSocketHandler) {
    this.#handler = handler;
  }

  /** MUST be called in the turn in which the task was made: its events are not kept. */
  attach(task: SocketTask): void {
    this.#task = task;
    task.onOpen(() => this.#onOpen());
    task.onMessage(({ data }) => {
      if (this.#state === "open")
        this.#handler.onMessage(typeof data === "string" ? data : new Uint8Array(data));
    });
    task.onError((failure) => this.onError(failure));
    task.onClose((event) => {
      // client-platforms.md 7.6: closed before it was open
      if (this.#state === "opening") this.onError(event);
      else if (this.#end()) this.#handler.onClose(event);
    });
  }

  onError(cause: unknown): void {
    if (this.#end()) this.#handler.onError(cause);
  }

  send(messages: Parameters<WebSocketLink["send"]>[0]): void {
    const fail = (failure: unknown): void => this.onError(failure);
    for (const { payload } of messages)
      this.#task?.send({ data: typeof payload === "string" ? payload : copyOf(payload), fail });
  }

  close(): void {
    if (this.#state === "opening") this.#state = "unwanted";
    else if (this.#end()) this.#task?.close({});
  }

  #onOpen(): void {
    if (this.#state === "unwanted") {
      this.#state = "ended";
      this.#task?.close({});
    }
    if (this.#state !== "opening") return;
    this.#state = "open";
    this.#handler.onOpen();
  }

  /** Whether there was something to end. */
  #end(): boolean {
    const wasAlive = this.#state === "opening" || this.#state === "open";
    if (wasAlive) this.#state = "ended";
    return wasAlive;
  }
}

/** Hosts take no views. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
