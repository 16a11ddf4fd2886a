import type { IncomingMessage } from "node:http";
import type { Headers, Query, UpgradeAttempt, WebSocketLink } from "@tautline/engine/ports";
import type { Report } from "@tautline/events/guard";
import { exposeWebSocket } from "../node/compat.ts";
import type { UwsAnswer, UwsHandshake } from "./answer.ts";
import { UwsLink } from "./link.ts";
import type { UwsResponse } from "./response.ts";

/** One request of µWebSockets.js to switch to WebSocket. */
export class UwsUpgrade implements UpgradeAttempt<IncomingMessage> {
  readonly request: IncomingMessage;
  readonly query: Query;
  readonly #answer: UwsAnswer;
  readonly #handshake: UwsHandshake;
  readonly #isCompressing: boolean;
  readonly #report: Report;
  /** Only when there are middlewares. */
  readonly #response: UwsResponse | undefined;

  constructor(
    request: IncomingMessage,
    parts: {
      query: Query;
      answer: UwsAnswer;
      handshake: UwsHandshake;
      isCompressing: boolean;
      report: Report;
      response: UwsResponse | undefined;
    },
  ) {
    this.request = request;
    this.query = parts.query;
    this.#answer = parts.answer;
    this.#handshake = parts.handshake;
    this.#isCompressing = parts.isCompressing;
    this.#report = parts.report;
    this.#response = parts.response;
  }

  get method(): string {
    return this.request.method ?? "GET";
  }

  get remoteAddress(): string | undefined {
    return this.request.socket.remoteAddress;
  }

  get isGone(): boolean {
    return this.#answer.isGone;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  dropHeader(name: string): void {
    delete this.request.headers[name];
  }

  accept(headers: Headers, onAccepted: (link: WebSocketLink) => void): void {
    if (this.isGone) return;
    const link = new UwsLink(this.#handshake.protocol, this.#isCompressing, (opened) => {
      exposeWebSocket(this.request, opened);
      onAccepted(opened);
    });
    try {
      this.#answer.upgrade(this.#handshake, { ...this.#response?.takeHeaders(), ...headers }, link);
    } catch (error) {
      // A header that a listener or middleware has set cannot be sent.
      this.#report(error);
      this.#answer.send(500, { Connection: "close" }, "Internal Server Error");
    }
    this.#response?.finish();
  }

  /** EIO §7.3, and the connection is closed behind it. */
  refuse(status: number, message: string, headers: Headers = {}): void {
    this.#answer.send(status, { Connection: "close", "Content-type": "text/html", ...headers }, message);
    this.#response?.finish();
  }
}
