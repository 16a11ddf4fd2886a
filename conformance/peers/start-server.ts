import { createRequire } from "node:module";
import { type IoServerClass, startNodeServer } from "./node-server.ts";
import { startPythonServer } from "./python-server.ts";
import type { ServerKind, ServerPeer, ServerPeerOptions } from "./server-peer.ts";
import { tautlineServer } from "./tautline.ts";
import { startUwsServer } from "./uws-server.ts";

/** Servers of the socket.io API, which run in the process of the suites. */
export type NodeServerKind = Exclude<ServerKind, "python-socketio" | "tautline on uWS">;

/** Starts a server of the given kind, with the application of vocabulary.ts, on 127.0.0.1. */
export async function startServer(kind: ServerKind, options: ServerPeerOptions = {}): Promise<ServerPeer> {
  if (kind === "python-socketio") return startPythonServer(options);
  if (kind === "tautline on uWS") return startUwsServer(await tautlineServer(), options);
  return startNodeServer(kind, await serverClass(kind), options);
}

/** The `Server` class of a peer that lives in this process. */
export async function serverClass(kind: NodeServerKind): Promise<IoServerClass> {
  return kind === "tautline" ? tautlineServer() : upstreamServer();
}

function upstreamServer(): IoServerClass {
  return createRequire(import.meta.url)("socket.io").Server;
}
