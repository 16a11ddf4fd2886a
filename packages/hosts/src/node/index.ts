// The entry point of the engine on Node: the shape of upstream's engine package (EIO §39).

import * as parser from "./parser.ts";

export { Engine as BaseServer } from "@tautline/engine/engine";
export { Session as Socket } from "@tautline/engine/session";
export { Transport } from "@tautline/engine/transport";
export type { AttachOptions } from "./attach.ts";
export { attach, listen } from "./listen.ts";
export type { Middleware } from "./middleware.ts";
export { protocol } from "./parser.ts";
export { EngineServer as Server, type EngineServerOptions as ServerOptions } from "./server.ts";
export { transports } from "./transports.ts";
export { parser };
