import http from "node:http";
import type { Socket } from "node:net";
import { listen } from "./node-server.ts";

import { type NodeServerKind, serverClass } from "./start-server.ts";

/** One session of `io.engine`, without Socket.IO above it. */
export interface EngineSession {
  readonly id: string;
  readonly readyState: string;
  send(data: string | Uint8Array): unknown;
  close(discard?: boolean): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** What a suite has seen of a session. */
export interface Watched {
  readonly session: EngineSession;
  readonly messages: unknown[];
  /** Reason and description, once it has closed. */
  readonly closed: Promise<{ readonly reason: string; readonly description: unknown }>;
}

/** A server at the level of Engine.IO, in this process. */
export interface RawEngine {
  readonly url: string;
  /** `url` with the engine's path. */
  readonly endpoint: string;
  /** The latest session that was opened. */
  latest(): Watched;
  readonly sessions: readonly Watched[];
  readonly errors: readonly ConnectionError[];
  close(): Promise<void>;
}

/** What `connection_error` tells (EIO §7.4). */
export interface ConnectionError {
  readonly code: number;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Starts a server whose sessions belong to the suite alone: Socket.IO's layer takes none of them. */
export async function startRawEngine(
  kind: NodeServerKind,
  options: Record<string, unknown> = {},
  onSession: (session: EngineSession) => void = () => {},
): Promise<RawEngine> {
  const Server = await serverClass(kind);
  const io = new Server({ serveClient: false, ...options });
  io.onconnection = () => io;
  const httpServer = http.createServer();
  const connections = new Set<Socket>();
  httpServer.on("connection", (connection: Socket) => connections.add(connection));
  io.attach(httpServer);
  const sessions: Watched[] = [];
  const errors: ConnectionError[] = [];
  io.engine.on("connection_error", (error: ConnectionError) => errors.push(error));
  io.engine.on("connection", (session: EngineSession) => {
    sessions.push(watch(session));
    onSession(session);
  });
  const port = await listen(httpServer);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    endpoint: `${url}${String(options.path ?? "/socket.io")}/`,
    sessions,
    errors,
    latest: () => {
      const last = sessions.at(-1);
      if (last === undefined) throw new Error("no session was opened");
      return last;
    },
    close: async () => {
      const closing = io.close();
      // Hand-made clients answer no close frame; nobody has to wait for them.
      for (const connection of connections) connection.destroy();
      await closing;
    },
  };
}

function watch(session: EngineSession): Watched {
  const messages: unknown[] = [];
  session.on("message", (data) => messages.push(data));
  const closed = new Promise<{ reason: string; description: unknown }>((resolve) => {
    session.on("close", (reason: string, description: unknown) => resolve({ reason, description }));
  });
  return { session, messages, closed };
}
