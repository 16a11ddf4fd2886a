// `@tautline/client/websocket-only` on Node.

export { protocol } from "./entry.ts";
export { WebSocket } from "./platform/browser/websocket-transport.ts";
export { io, io as connect, io as default, Manager } from "./platform/node/websocket-only-client.ts";
export { NodeWebSocket } from "./platform/node/websocket-transport.ts";
export type * from "./public-types.ts";
export { Socket } from "./socket.ts";
