import type { TransportOptions } from "../../engine/options.ts";
import { Polling } from "../../engine/polling.ts";
import { WebSocketTransport } from "../../engine/websocket.ts";
import { createHttpRequester } from "./http-requester.ts";
import { connectNodeWebSocket } from "./websocket-connector.ts";

const requester = createHttpRequester();

/** Polling over node:http and node:https. */
export class NodeXHR extends Polling {
  constructor(options: TransportOptions) {
    super(options, requester);
  }
}

/** WebSocket over node:http and node:https. */
export class NodeWebSocket extends WebSocketTransport {
  constructor(options: TransportOptions) {
    super(options, connectNodeWebSocket);
  }
}
