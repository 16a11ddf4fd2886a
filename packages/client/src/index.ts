export { protocol } from "./entry.ts";
export { Fetch, WebTransport, XHR } from "./platform/browser/transports.ts";
export { WebSocket } from "./platform/browser/websocket-transport.ts";
export { io, io as connect, io as default, Manager } from "./platform/node/client.ts";
export { NodeXHR } from "./platform/node/transports.ts";
export { NodeWebSocket } from "./platform/node/websocket-transport.ts";
export type * from "./public-types.ts";
export { Socket } from "./socket.ts";
