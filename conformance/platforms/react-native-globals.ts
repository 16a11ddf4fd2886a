import { request } from "node:http";
import { WebSocket as NodeWebSocket } from "ws";

// The globals of React Native as client-platforms.md 6 describes them, on real sockets of Node. There is no `location`,
// no `document`, no `addEventListener`, and `URL` is one that nobody can rely on.

type Listener = (event: Record<string, unknown>) => void;

/** Gathers the headers of handshakes and requests, as they were asked for. */
export interface ReactNative {
  readonly globals: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>[];
}

export function createReactNative(): ReactNative {
  const headers: Record<string, unknown>[] = [];

  class WebSocket {
    readonly #socket: NodeWebSocket;
    readonly #listeners = new Map<string, Listener[]>();
    #binaryType: string | undefined;

    constructor(url: string, protocols?: unknown, options?: { headers?: Record<string, string> }) {
      const unknown = Object.keys(options ?? {}).filter((name) => name !== "headers");
      if (unknown.length > 0) throw new Error(`unsupported options: ${unknown}`);
      headers.push(options?.headers ?? {});
      const asked = typeof protocols === "string" || Array.isArray(protocols) ? protocols : [];
      this.#socket = new NodeWebSocket(url, asked, { headers: options?.headers, perMessageDeflate: false });
      this.#socket.on("open", () => this.#tell("open", {}));
      this.#socket.on("message", (data, isBinary) => this.#onMessage(Buffer.from(Object(data)), isBinary));
      this.#socket.on("error", () => this.#tell("error", {}));
      this.#socket.on("close", (code, reason) => this.#tell("close", { code, reason: reason.toString() }));
    }

    get binaryType(): string | undefined {
      return this.#binaryType;
    }

    set binaryType(type: string | undefined) {
      // The native module for `blob` is not in every program.
      if (type !== "arraybuffer") throw new Error("binaryType must be either 'blob' or 'arraybuffer'");
      this.#binaryType = type;
    }

    addEventListener(name: string, listener: Listener): void {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    }

    send(data: unknown): void {
      if (this.#socket.readyState === NodeWebSocket.CONNECTING) throw new Error("INVALID_STATE_ERR");
      if (typeof data === "string") this.#socket.send(data);
      else if (ArrayBuffer.isView(data) || isArrayBuffer(data)) this.#socket.send(Object(data));
      else throw new Error("Unsupported data type");
    }

    close(code?: number, reason?: string): void {
      this.#socket.close(code, reason);
    }

    #onMessage(bytes: Buffer, isBinary: boolean): void {
      if (isBinary && this.#binaryType !== "arraybuffer") throw new Error("binaryType was not set");
      this.#tell("message", { data: isBinary ? new Uint8Array(bytes).buffer : bytes.toString() });
    }

    #tell(name: string, event: Record<string, unknown>): void {
      for (const listener of this.#listeners.get(name) ?? []) listener({ type: name, ...event });
    }
  }

  const globals = {
    WebSocket,
    XMLHttpRequest: createXMLHttpRequest(headers),
    URL: BrokenURL,
    navigator: { product: "ReactNative" },
    setTimeout,
    clearTimeout,
    queueMicrotask,
    btoa,
    atob,
  };
  return { globals, headers };
}

/** Older versions throw on most of what is read of it. */
class BrokenURL {
  get host(): string {
    throw new Error("URL.host is not implemented");
  }
}

function isArrayBuffer(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

function createXMLHttpRequest(headers: Record<string, unknown>[]): new () => object {
  return class XMLHttpRequest {
    onreadystatechange: (() => void) | null = null;
    readyState = 0;
    responseText = "";
    status = 0;
    withCredentials = true;
    readonly #headers: Record<string, string> = {};
    #method = "";
    #url = "";
    #abort = (): void => {};

    open(method: string, url: string): void {
      this.#method = method;
      this.#url = url;
    }

    setRequestHeader(name: string, value: string): void {
      this.#headers[name] = value;
    }

    abort(): void {
      this.#abort();
    }

    send(body?: string): void {
      headers.push(this.#headers);
      const sent = request(this.#url, { method: this.#method, headers: this.#headers });
      this.#abort = () => void sent.destroy();
      sent.on("error", ({ message }) => this.#finish(0, message));
      sent.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => this.#finish(Number(response.statusCode), text));
      });
      sent.end(body);
    }

    #finish(status: number, text: string): void {
      this.readyState = 4;
      this.status = status;
      this.responseText = text;
      this.onreadystatechange?.();
    }
  };
}
