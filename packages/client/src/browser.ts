export { protocol } from "./entry.ts";
export { io, io as connect, io as default, Manager } from "./platform/browser/client.ts";
export {
  Fetch,
  WebSocket,
  WebSocket as NodeWebSocket,
  WebTransport,
  XHR,
  XHR as NodeXHR,
} from "./platform/browser/transports.ts";
export type * from "./public-types.ts";
export { Socket } from "./socket.ts";
