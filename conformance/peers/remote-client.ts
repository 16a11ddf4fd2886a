import { within } from "../wire/deadline.ts";
import {
  type ClientKind,
  type ClientPeer,
  type ClientPeerOptions,
  type ClientTraits,
  transportsOf,
} from "./client-peer.ts";
import { Inbox } from "./inbox.ts";
import { fromJson, toJson } from "./json-values.ts";

// Clients that live elsewhere, many in one process or page. Commands go out and reports come back as JSON:
//   { client, do: "connect", url, namespace, transports, auth, reconnection } | { client, do: "emit", event, args }
//   { client, do: "ask", call, event, args, timeoutMs? } | { client, do: "transport", call }
//   { client, do: "disconnect" } | { client, do: "reconnect" }
// and { client, event, args } | { client, call, answer } | { client, call, failure }.

/** One message of the dialogue with a remote peer. */
export type RemoteMessage = Readonly<Record<string, unknown>>;

/** Where remote clients live. */
export interface RemotePlace {
  send(command: RemoteMessage): void;
}

interface PendingCall {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Hands out remote clients and routes the reports of their place to them. */
export class RemoteClients {
  readonly #place: RemotePlace;
  readonly #clients = new Map<number, RemoteClient>();

  constructor(place: RemotePlace) {
    this.#place = place;
  }

  connect(kind: ClientKind, traits: ClientTraits, url: string, options: ClientPeerOptions): ClientPeer {
    const id = this.#clients.size;
    const client = new RemoteClient(kind, traits, (command) => this.#place.send({ ...command, client: id }));
    this.#clients.set(id, client);
    client.start(url, options);
    return client;
  }

  onReport(report: RemoteMessage): void {
    this.#clients.get(Number(report.client))?.onReport(report);
  }
}

class RemoteClient implements ClientPeer {
  readonly kind: ClientKind;
  readonly traits: ClientTraits;
  readonly inbox: Inbox;
  readonly #send: (command: RemoteMessage) => void;
  readonly #calls = new Map<number, PendingCall>();
  #lastCall = 0;

  constructor(kind: ClientKind, traits: ClientTraits, send: (command: RemoteMessage) => void) {
    this.kind = kind;
    this.traits = traits;
    this.inbox = new Inbox(kind);
    this.#send = send;
  }

  start(url: string, options: ClientPeerOptions): void {
    const { mode, namespace = "/", auth, reconnection = false } = options;
    this.#send({ do: "connect", url, namespace, transports: transportsOf(mode), auth, reconnection });
  }

  async transport(): Promise<string> {
    return String(await this.#call({ do: "transport" }));
  }

  emit(event: string, ...args: unknown[]): void {
    this.#send({ do: "emit", event, args: toJson(args) });
  }

  async ask(event: string, ...args: unknown[]): Promise<unknown[]> {
    const answer = await this.#call({ do: "ask", event, args: toJson(args) });
    return Array.isArray(answer) ? answer : [answer];
  }

  async askWithin(timeoutMs: number, event: string, ...args: unknown[]): Promise<unknown> {
    const answer = await this.#call({ do: "ask", event, args: toJson(args), timeoutMs });
    return Array.isArray(answer) ? answer[0] : answer;
  }

  namespace(): ClientPeer {
    throw new Error(`${this.kind} does not multiplex`);
  }

  disconnect(): void {
    this.#send({ do: "disconnect" });
  }

  connect(): void {
    this.#send({ do: "reconnect" });
  }

  async close(): Promise<void> {
    this.#send({ do: "disconnect" });
  }

  onReport(report: RemoteMessage): void {
    if (typeof report.event === "string") {
      const args = fromJson(report.args);
      this.inbox.deliver(report.event, Array.isArray(args) ? args : []);
      return;
    }
    const call = this.#calls.get(Number(report.call));
    this.#calls.delete(Number(report.call));
    if (typeof report.failure === "string") call?.reject(new Error(report.failure));
    else call?.resolve(fromJson(report.answer));
  }

  #call(command: RemoteMessage): Promise<unknown> {
    this.#lastCall += 1;
    const call = this.#lastCall;
    const answer = new Promise<unknown>((resolve, reject) => this.#calls.set(call, { resolve, reject }));
    this.#send({ ...command, call });
    return within(answer, `answer of ${this.kind} to "${command.do}"`);
  }
}
