import type { TransportConstructor } from "../../engine/transport.ts";
import { startUpgrade } from "../../engine/upgrade.ts";
import type { Platform } from "../../platform.ts";
import { WebTransport } from "../browser/transports.ts";
import { nodeGlobals } from "./node-globals.ts";
import { NodeXHR } from "./transports.ts";
import { NodeWebSocket } from "./websocket-transport.ts";

/** Node, and runtimes that run its modules. */
export const nodePlatform: Platform = {
  ...nodeGlobals,
  transports: new Map<string, TransportConstructor>([
    ["polling", NodeXHR],
    ["websocket", NodeWebSocket],
    ["webtransport", WebTransport],
  ]),
  startUpgrade,
  // A polyfill may be set at any time.
  defaultTransports: () => [
    "polling",
    "websocket",
    ...("WebTransport" in globalThis ? ["webtransport"] : []),
  ],
};
