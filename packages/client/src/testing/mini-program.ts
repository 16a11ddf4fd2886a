// `wx` as WeChat describes it (client-platforms.md 7), on real sockets of Node.

import { type ClientRequest, request as requestHttp } from "node:http";
import { WebSocket } from "ws";
import type {
  ConnectSocketOptions,
  MiniProgram,
  MiniProgramFailure,
  RequestOptions,
  SocketTask,
} from "../platform/weapp/mini-program.ts";

/** A host of mini-programs, and the means by which its user would act on it. */
export interface FakeHost extends MiniProgram {
  connectSocket(options: ConnectSocketOptions): SocketTask | undefined;
  /** What the program asked for. */
  readonly asked: { readonly sockets: ConnectSocketOptions[]; readonly requests: RequestOptions[] };
  setNetwork(isConnected: boolean): void;
  /** As after five seconds in the background: requests fail, sockets close with an innocent code. */
  hide(): void;
  show(): void;
  /** Ends whatever is left of sockets and requests. */
  stop(): void;
}

const MAX_SOCKETS = 5;
const MAX_REQUESTS = 10;

const isArrayBuffer = (value: unknown): value is ArrayBuffer =>
  Object.prototype.toString.call(value) === "[object ArrayBuffer]";

/** A host without `Buffer`, views and removable listeners, as strict as WeChat is. */
export function createFakeHost(): FakeHost {
  const sockets = new Set<FakeTask>();
  const requests = new Map<ClientRequest, (failure: MiniProgramFailure) => void>();
  const networkListeners: ((status: { isConnected: boolean }) => void)[] = [];
  const showListeners: (() => void)[] = [];
  const asked: FakeHost["asked"] = { sockets: [], requests: [] };
  const hide = (): void => {
    for (const task of sockets) task.interrupt();
    for (const [request, fail] of requests) {
      request.destroy();
      fail({ errMsg: "request:fail interrupted" });
    }
  };
  return {
    asked,
    connectSocket(options) {
      asked.sockets.push(options);
      if (sockets.size >= MAX_SOCKETS) {
        options.fail({ errMsg: "connectSocket:fail exceed max task count" });
        return undefined;
      }
      if (options.protocols && !Array.isArray(options.protocols)) throw new TypeError("protocols: no array");
      const task = new FakeTask(options, () => sockets.delete(task));
      sockets.add(task);
      return task;
    },
    request(options) {
      asked.requests.push(options);
      if (requests.size >= MAX_REQUESTS) {
        options.fail({ errMsg: "request:fail exceed max task count" });
        return undefined;
      }
      const request = perform(options, () => requests.delete(request));
      requests.set(request, options.fail);
      return {
        abort() {
          if (!requests.delete(request)) return;
          request.destroy();
          options.fail({ errMsg: "request:fail abort" });
        },
      };
    },
    onNetworkStatusChange: (listener) => void networkListeners.push(listener),
    onAppShow: (listener) => void showListeners.push(listener),
    setNetwork: (isConnected) => {
      for (const listener of networkListeners) listener({ isConnected });
    },
    hide,
    show: () => {
      for (const listener of showListeners) listener();
    },
    stop: () => {
      hide();
      networkListeners.length = 0;
      showListeners.length = 0;
    },
  };
}

function perform(options: RequestOptions, onEnd: () => boolean): ClientRequest {
  const { url, method, header, data, dataType, success, fail } = options;
  if (data !== undefined && typeof data !== "string") throw new TypeError("data: no string");
  // The host's own default, which an empty list of headers would get as well.
  const headers = { "content-type": "application/json", ...lowerCased(header) };
  const request = requestHttp(url, { method, headers });
  request.on("error", ({ message }) => onEnd() && fail({ errMsg: `request:fail ${message}` }));
  request.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk) => {
      text += chunk;
    });
    response.on("end", () => {
      if (!onEnd()) return;
      const answer = {
        data: dataType === "json" ? JSON.parse(text) : text,
        statusCode: Number(response.statusCode),
      };
      success({ ...answer, cookies: response.headers["set-cookie"] ?? [] });
    });
  });
  request.end(data);
  return request;
}

function lowerCased(header: { readonly [name: string]: string }): Record<string, string> {
  return Object.fromEntries(Object.entries(header).map(([name, value]) => [name.toLowerCase(), value]));
}

class FakeTask implements SocketTask {
  readonly #socket: WebSocket;
  readonly #onEnd: () => void;
  #closeListener: ((event: { code: number; reason: string }) => void) | undefined;

  constructor({ url, header, protocols = [] }: ConnectSocketOptions, onEnd: () => void) {
    this.#socket = new WebSocket(url, protocols, { headers: header, perMessageDeflate: false });
    this.#socket.on("error", () => {});
    this.#onEnd = onEnd;
    this.#socket.on("close", (code, reason) => this.#close(code, reason.toString()));
  }

  send({ data, fail }: { data: string | ArrayBuffer; fail?: (failure: MiniProgramFailure) => void }): void {
    if (typeof data !== "string" && !isArrayBuffer(data)) throw new TypeError("data: no string, no buffer");
    if (this.#socket.readyState === WebSocket.OPEN)
      this.#socket.send(typeof data === "string" ? data : new Uint8Array(data));
    else setImmediate(() => fail?.({ errMsg: "sendSocketMessage:fail not connected" }));
  }

  /** Does nothing before the socket is open, as on some devices. */
  close(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000, "normal closure");
  }

  interrupt(): void {
    this.#socket.terminate();
    this.#close(1000, "interrupted");
  }

  onOpen(listener: (event: { header?: Record<string, string> }) => void): void {
    this.#socket.on("open", () => listener({ header: {} }));
  }

  onMessage(listener: (event: { data: string | ArrayBuffer }) => void): void {
    this.#socket.on("message", (data, isBinary) => {
      const bytes = Buffer.from(Buffer.isBuffer(data) ? data : Buffer.alloc(0));
      listener({ data: isBinary ? new Uint8Array(bytes).buffer : bytes.toString() });
    });
  }

  onError(listener: (failure: MiniProgramFailure) => void): void {
    this.#socket.on("error", ({ message }) => listener({ errMsg: message }));
  }

  onClose(listener: (event: { code: number; reason: string }) => void): void {
    this.#closeListener = listener;
  }

  #close(code: number, reason: string): void {
    const listener = this.#closeListener;
    this.#closeListener = undefined;
    this.#onEnd();
    listener?.({ code, reason });
  }
}
