import { createRequire } from "node:module";
import { until } from "../wire/deadline.ts";
import { connectChromiumClient } from "./chromium-client.ts";
import type { ClientKind, ClientPeer, ClientPeerOptions, ClientTraits } from "./client-peer.ts";
import { connectPythonClient } from "./python-client.ts";
import { connectScriptClient, type IoFunction } from "./script-client.ts";
import { tautlineIo } from "./tautline.ts";

const load = createRequire(import.meta.url);

const latest: ClientTraits = {
  revision: 4,
  refusal: "message and data",
  tellsReason: true,
  buffersOffline: true,
  hasPromises: true,
  recovers: true,
  multiplexes: true,
};

/** What each client can do. */
export const traitsOf: Readonly<Record<ClientKind, ClientTraits>> = {
  tautline: latest,
  "socket.io-client 4": latest,
  "socket.io-client 3": { ...latest, hasPromises: false, recovers: false },
  "socket.io-client 2": { ...latest, revision: 3, refusal: "data", hasPromises: false, recovers: false },
  "python-socketio": {
    ...latest,
    tellsReason: false,
    buffersOffline: false,
    recovers: false,
    multiplexes: false,
  },
  "chromium with socket.io-client 4": { ...latest, multiplexes: false },
  "chromium with tautline": { ...latest, multiplexes: false },
};

/** Starts a client of the given kind towards `url`; what becomes of it arrives in its inbox. */
export async function startClient(
  kind: ClientKind,
  url: string,
  options: ClientPeerOptions,
): Promise<ClientPeer> {
  const traits = traitsOf[kind];
  if (kind === "python-socketio") return connectPythonClient(traits, url, options);
  if (kind === "chromium with socket.io-client 4" || kind === "chromium with tautline") {
    return connectChromiumClient(kind, traits, url, options);
  }
  return connectScriptClient(kind, traits, await ioOf(kind), url, options);
}

/** Starts a client and waits until it is connected, and in mode `upgraded` until WebSocket carries it. */
export async function connectClient(
  kind: ClientKind,
  url: string,
  options: ClientPeerOptions,
): Promise<ClientPeer> {
  const client = await startClient(kind, url, options);
  await client.inbox.next("connect");
  if (options.mode === "upgraded") await upgraded(client);
  return client;
}

/** Waits until the WebSocket carries the client. */
export function upgraded(client: ClientPeer): Promise<void> {
  return until(async () => (await client.transport()) === "websocket", `upgrade of ${client.kind}`);
}

type ScriptKind = "tautline" | "socket.io-client 4" | "socket.io-client 3" | "socket.io-client 2";

function ioOf(kind: ScriptKind): Promise<IoFunction> | IoFunction {
  switch (kind) {
    case "tautline":
      return tautlineIo();
    case "socket.io-client 4":
      return load("socket.io-client").io;
    case "socket.io-client 3":
      return load("socket.io-client-v3").io;
    case "socket.io-client 2":
      return load("socket.io-client-v2");
  }
}
