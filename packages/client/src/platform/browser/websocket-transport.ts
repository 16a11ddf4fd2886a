import type { TransportOptions } from "../../engine/options.ts";
import { WebSocketTransport } from "../../engine/websocket.ts";
import { connectGlobalWebSocket } from "./websocket-connector.ts";

/** WebSocket by the global constructor. */
class GlobalWebSocket extends WebSocketTransport {
  constructor(options: TransportOptions) {
    super(options, connectGlobalWebSocket);
  }
}

export { GlobalWebSocket as WebSocket };
