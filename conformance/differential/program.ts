import type { Socket as EngineSocket } from "engine.io-client";
import type { Server, ServerOptions } from "socket.io";
import type { Socket as ClientSocket, ManagerOptions, SocketOptions } from "socket.io-client";

export type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** What a program is given: a server that listens, clients of it, and a transcript to write. */
export interface ProgramStage {
  readonly io: Server;
  readonly url: string;
  /** What carries the packets of the clients. */
  readonly transport: "polling" | "websocket";
  /** Notes what one actor saw; ids of sockets are numbered in the order of their appearance. */
  note(actor: string, ...values: unknown[]): void;
  /** A stock client of a namespace, over a connection of its own. */
  client(nsp?: string, options?: ClientOptions): ClientSocket;
  /** As `client`, once it is connected. */
  connected(nsp?: string, options?: ClientOptions): Promise<ClientSocket>;
  /** An engine session without a Socket.IO client, for messages that no stock client sends. */
  session(): Promise<EngineSocket>;
  /** Waits until the condition holds. */
  until(condition: () => boolean): Promise<void>;
  /** Waits until what the client and the server have sent each other has arrived. */
  settle(client: ClientSocket): Promise<void>;
}

/** A program written for socket.io, run on upstream's server and on ours: both must write the same transcript. */
export interface Program {
  /** What it shows, as a sentence; the section of server.md stands in front. */
  readonly name: string;
  readonly options?: Partial<ServerOptions>;
  /** A defect of upstream that we repair: its number in server.md §28 or its name, and what our transcript says instead. */
  readonly repairs?: { readonly quirk: string; readonly transcript: Transcript };
  run(stage: ProgramStage): Promise<void>;
}

/** What each actor noted, in order. */
export type Transcript = Readonly<Record<string, readonly string[]>>;
