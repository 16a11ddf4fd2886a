import { PollingTransport } from "@tautline/engine/transports/polling";
import { WebSocketTransport } from "@tautline/engine/transports/websocket";

/** The transports by name (EIO §39). */
export const transports: {
  readonly polling: typeof PollingTransport;
  readonly websocket: typeof WebSocketTransport;
} = { polling: PollingTransport, websocket: WebSocketTransport };
