export { io, io as connect, io as default, Manager } from "./platform/node/client.ts";
export { Socket } from "./socket.ts";
