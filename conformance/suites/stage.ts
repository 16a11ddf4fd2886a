import { afterAll, afterEach, beforeAll } from "vitest";
import type { ClientKind, ClientPeer, ClientPeerOptions, ClientTraits, Mode } from "../peers/client-peer.ts";
import { connectClient, startClient, traitsOf } from "../peers/connect-client.ts";
import type { ParserOption } from "../peers/parsers.ts";
import {
  type ServerKind,
  type ServerPeer,
  type ServerPeerOptions,
  type ServerTraits,
  serverTraitsOf,
} from "../peers/server-peer.ts";
import { startServer } from "../peers/start-server.ts";

/** Who is tried with whom, and how they reach each other. */
export interface Pair {
  readonly server: ServerKind;
  readonly client: ClientKind;
  readonly mode: Mode;
  /** The encoding of each side. Default: the standard one. */
  readonly parsers?: { readonly server: ParserOption; readonly client: ParserOption };
}

/** One server for a block of tests, and the clients of one test, which are closed after it. */
export class Stage {
  readonly pair: Pair;
  readonly #clients: ClientPeer[] = [];
  #server: ServerPeer | undefined;

  constructor(pair: Pair) {
    this.pair = pair;
  }

  get server(): ServerPeer {
    if (this.#server === undefined) throw new Error("the server was not started");
    return this.#server;
  }

  get clientTraits(): ClientTraits {
    return traitsOf[this.pair.client];
  }

  get serverTraits(): ServerTraits {
    return serverTraitsOf[this.pair.server];
  }

  /** A client that is connected, in the mode of the pair unless told otherwise. */
  async connect(options: Partial<ClientPeerOptions> & { readonly url?: string } = {}): Promise<ClientPeer> {
    const { url = this.server.url, ...rest } = options;
    return this.#keep(await connectClient(this.pair.client, url, { ...this.#clientDefaults, ...rest }));
  }

  /** A client that has been set off; whether it arrives is for the test to see. */
  async start(options: Partial<ClientPeerOptions> & { readonly url?: string } = {}): Promise<ClientPeer> {
    const { url = this.server.url, ...rest } = options;
    return this.#keep(await startClient(this.pair.client, url, { ...this.#clientDefaults, ...rest }));
  }

  /** Starts the server, or another one in its place on the same port. */
  async open(options: ServerPeerOptions): Promise<void> {
    const { pair } = this;
    this.#server = await startServer(pair.server, {
      allowEIO3: this.clientTraits.revision === 3,
      cors: { origin: "*" },
      ...(pair.parsers && { parser: pair.parsers.server }),
      ...options,
    });
  }

  async clear(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }

  async close(): Promise<void> {
    await this.clear();
    await this.#server?.close();
    this.#server = undefined;
  }

  get #clientDefaults(): ClientPeerOptions {
    const { mode, parsers } = this.pair;
    return { mode, ...(parsers && { parser: parsers.client }) };
  }

  #keep(client: ClientPeer): ClientPeer {
    this.#clients.push(client);
    return client;
  }
}

/** A stage whose server runs for all tests of the enclosing block. */
export function setStage(pair: Pair, options: ServerPeerOptions = {}): Stage {
  const stage = new Stage(pair);
  beforeAll(() => stage.open(options));
  afterEach(() => stage.clear());
  afterAll(() => stage.close());
  return stage;
}
