import type { TransportOptions } from "../../engine/options.ts";
import { WebSocketTransport } from "../../engine/websocket.ts";
import { connectNodeWebSocket } from "./websocket-connector.ts";

/** WebSocket over node:http and node:https. */
export class NodeWebSocket extends WebSocketTransport {
  constructor(options: TransportOptions) {
    super(options, connectNodeWebSocket);
  }
}
