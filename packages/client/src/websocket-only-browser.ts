// `@tautline/client/websocket-only` where the web's globals are: for servers that every client reaches by WebSocket.

export { protocol } from "./entry.ts";
export { io, io as connect, io as default, Manager } from "./platform/browser/websocket-only-client.ts";
export { WebSocket, WebSocket as NodeWebSocket } from "./platform/browser/websocket-transport.ts";
export type * from "./public-types.ts";
export { Socket } from "./socket.ts";
