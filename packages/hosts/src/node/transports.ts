import { PollingTransport } from "@tautline/engine/transports/polling";
import { WebSocketTransport } from "@tautline/engine/transports/websocket";
import { WebTransportTransport } from "@tautline/engine/transports/webtransport";

/** The transports by name (EIO §39). */
export const transports: {
  readonly polling: typeof PollingTransport;
  readonly websocket: typeof WebSocketTransport;
  readonly webtransport: typeof WebTransportTransport;
} = { polling: PollingTransport, websocket: WebSocketTransport, webtransport: WebTransportTransport };
