import type { TransportConstructor } from "../../engine/transport.ts";
import { startUpgrade } from "../../engine/upgrade.ts";
import type { Platform } from "../../platform.ts";
import { Fetch, WebTransport, XHR } from "./transports.ts";
import { webGlobals } from "./web-globals.ts";
import { WebSocket } from "./websocket-transport.ts";

/** Browser pages and workers, and React Native. */
export const browserPlatform: Platform = {
  ...webGlobals,
  transports: new Map<string, TransportConstructor>([
    // A service worker has no XMLHttpRequest.
    ["polling", "XMLHttpRequest" in globalThis ? XHR : Fetch],
    ["websocket", WebSocket],
    ["webtransport", WebTransport],
  ]),
  startUpgrade,
  defaultTransports: () => [
    "polling",
    "websocket",
    ...("WebTransport" in globalThis ? ["webtransport"] : []),
  ],
};
