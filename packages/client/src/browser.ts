export { protocol } from "./entry.ts";
export { io, io as connect, io as default, Manager } from "./platform/browser/client.ts";
export {
  Fetch,
  WebTransport,
  XHR,
  XHR as NodeXHR,
} from "./platform/browser/transports.ts";
export { WebSocket, WebSocket as NodeWebSocket } from "./platform/browser/websocket-transport.ts";
export type * from "./public-types.ts";
export { Socket } from "./socket.ts";
