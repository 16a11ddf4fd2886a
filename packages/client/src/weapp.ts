// `@tautline/client/weapp`: WeChat mini-programs, and others of their kind.

export { protocol } from "./entry.ts";
export { createClient, io, io as connect, io as default, Manager } from "./platform/weapp/client.ts";
export type { ManagerConstructor, WeappClient } from "./platform/weapp/create-client.ts";
export type * from "./platform/weapp/mini-program.ts";
export type * from "./public-types.ts";
export { Socket } from "./socket.ts";
