import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { TransportOptions } from "../../engine/options.ts";
import type { HttpOutcome, HttpRequest, HttpRequester } from "../../engine/polling.ts";
import { agentOf, tlsOptionsOf } from "./connection-options.ts";

type OnOutcome = (outcome: HttpOutcome) => void;

const DEFAULT_MAX_BODY_BYTES = 100 * 1024 * 1024;

/** A kept connection is given up before servers close theirs, which Node's do after 5 s. */
const KEPT_FOR_MS = 4000;

/** Makes requests over node:http and node:https, on connections that are kept for the next request. */
export function createHttpRequester(): HttpRequester {
  const kept = { keepAlive: true, timeout: KEPT_FOR_MS };
  const agents = { http: new HttpAgent(kept), https: new HttpsAgent(kept) };
  return {
    readFailure: "xhr poll error",
    writeFailure: "xhr post error",
    send(request, options, onOutcome) {
      const exchange = new Exchange(request, options, agents, onOutcome);
      return () => exchange.abort();
    },
  };
}

/**
 * One request. It is never made again when its connection breaks, not even a kept one: the server may have taken the
 * POST, or spent packets on the GET, and neither may happen twice (EIO §1.1).
 */
class Exchange {
  readonly #request: HttpRequest;
  readonly #options: TransportOptions;
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  #onOutcome: OnOutcome | undefined;
  #current: ClientRequest | undefined;

  constructor(
    request: HttpRequest,
    options: TransportOptions,
    agents: { readonly http: HttpAgent; readonly https: HttpsAgent },
    onOutcome: OnOutcome,
  ) {
    this.#request = request;
    this.#options = options;
    this.#agents = agents;
    this.#onOutcome = onOutcome;
    this.#send();
  }

  abort(): void {
    this.#onOutcome = undefined;
    this.#current?.destroy();
  }

  #send(): void {
    const { method, uri, body, headers } = this.#request;
    const isSecure = uri.startsWith("https:");
    const agent = agentOf(this.#options) ?? (isSecure ? this.#agents.https : this.#agents.http);
    const { cookieJar } = this.#options.socket;
    const settings = { method, agent, headers: cookieJar ? cookieJar.merge(headers) : headers };
    const request = isSecure
      ? requestHttps(uri, { ...settings, ...tlsOptionsOf(this.#options) })
      : requestHttp(uri, settings);
    this.#current = request;
    if (this.#options.autoUnref) request.on("socket", (socket) => socket.unref());
    request.on("error", (error) => this.#fail(0, { status: 0, error }));
    request.on("response", (response) => this.#onResponse(response));
    request.end(body);
  }

  #onResponse(response: IncomingMessage): void {
    const { socket, maxPayload = DEFAULT_MAX_BODY_BYTES } = this.#options;
    const chunks: Buffer[] = [];
    let bytes = 0;
    socket.cookieJar?.store(response.headers["set-cookie"] ?? []);
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxPayload) response.destroy(new Error(`response exceeds ${maxPayload} bytes`));
    });
    response.on("error", (error) => this.#fail(0, { status: 0, error }));
    response.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const { statusCode: status } = response;
      if (status === 200) this.#settle({ body });
      else this.#fail(status, { status, responseText: body });
    });
  }

  #fail(description: unknown, context: unknown): void {
    this.#settle({ description, context });
  }

  #settle(outcome: HttpOutcome): void {
    const onOutcome = this.#onOutcome;
    this.#onOutcome = undefined;
    onOutcome?.(outcome);
  }
}
