import http from "node:http";
import net from "node:net";
import { within } from "./deadline.ts";

/** One HTTP request, as a suite writes it. */
export interface RequestLine {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What came back. Header names as the server wrote them are in `headerNames`. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly headerNames: readonly string[];
  readonly body: Buffer;
  readonly text: string;
}

/** A request that is under way and can be cut off. */
export interface Pending {
  readonly answer: Promise<Answer>;
  /** True once the answer has arrived. */
  isAnswered(): boolean;
  abort(): void;
}

/** Sends one request on a connection of its own. */
export function request(url: string, line: RequestLine = {}): Promise<Answer> {
  return within(begin(url, line).answer, `answer to ${line.method ?? "GET"} ${url}`);
}

/** Begins a request whose answer may take its time. */
export function begin(url: string, line: RequestLine = {}): Pending {
  const { method = "GET", headers = {}, body } = line;
  const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
  const call = http.request(url, { method, agent: false, headers: { ...length, ...headers } });
  let isAnswered = false;
  const answer = new Promise<Answer>((resolve, reject) => {
    call.on("error", reject);
    call.on("response", (response) => {
      collect(response).then((whole) => {
        isAnswered = true;
        resolve(whole);
      }, reject);
    });
  });
  answer.catch(() => {});
  call.end(body);
  return { answer, isAnswered: () => isAnswered, abort: () => call.destroy() };
}

async function collect(response: http.IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    headerNames: response.rawHeaders.filter((_, at) => at % 2 === 0),
    body,
    text: body.toString(),
  };
}

/** A TCP connection on which a suite writes whatever bytes it likes. */
export interface RawConnection {
  write(bytes: string | Uint8Array): void;
  /** All that arrived so far. */
  received(): Buffer;
  /** Resolves once the peer has ended or reset the connection. */
  readonly closed: Promise<void>;
  /** Resets the connection: the peer sees an abrupt end. */
  reset(): void;
  /** From here on nothing is taken from the network, whatever the peer sends. */
  stopReading(): void;
  onData(listener: () => void): void;
}

/** Connects to the host and port of `url`. */
export async function connectTcp(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => {
    socket.on("close", () => resolve());
    socket.on("end", () => resolve());
  });
  await within(new Promise<void>((resolve) => socket.once("connect", resolve)), "TCP connection");
  return {
    write: (bytes) => {
      socket.write(bytes);
    },
    received: () => Buffer.concat(chunks),
    closed,
    reset: () => {
      socket.resetAndDestroy();
    },
    stopReading: () => {
      socket.pause();
    },
    onData: (listener) => {
      socket.on("data", listener);
    },
  };
}
