// Transports on the globals of the web: browsers, workers, React Native, and runtimes that have some of them.

import type { TransportOptions } from "../../engine/options.ts";
import { Polling } from "../../engine/polling.ts";
import { WebSocketTransport } from "../../engine/websocket.ts";
import { WebTransportTransport } from "../../engine/webtransport.ts";
import { fetchRequester } from "./fetch-requester.ts";
import { connectGlobalWebSocket } from "./websocket-connector.ts";
import { xhrRequester } from "./xhr-requester.ts";

/** Polling by XMLHttpRequest. */
export class XHR extends Polling {
  constructor(options: TransportOptions) {
    super(options, xhrRequester);
  }
}

/** Polling by `fetch`. */
export class Fetch extends Polling {
  constructor(options: TransportOptions) {
    super(options, fetchRequester);
  }
}

/** WebSocket by the global constructor. */
class GlobalWebSocket extends WebSocketTransport {
  constructor(options: TransportOptions) {
    super(options, connectGlobalWebSocket);
  }
}

/** WebTransport by the global constructor. */
class GlobalWebTransport extends WebTransportTransport {
  constructor(options: TransportOptions) {
    super(options, (uri, settings) => new globalThis.WebTransport(uri, settings));
  }
}

export { GlobalWebSocket as WebSocket, GlobalWebTransport as WebTransport };
