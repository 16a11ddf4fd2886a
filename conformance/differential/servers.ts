import { createRequire } from "node:module";
import type * as Engine from "engine.io";
import type { Server } from "socket.io";

/** Whose server runs a program. */
export type ProgramServer = "socket.io" | "tautline";

/** The server class as the program's own types have it. */
export async function programServerClass(whose: ProgramServer): Promise<typeof Server> {
  if (whose === "socket.io") return createRequire(import.meta.url)("socket.io").Server;
  const name: string = "@tautline/server";
  return (await import(name)).Server;
}

/** The engine's own package, as the program's types have it. */
export async function programEngine(whose: ProgramServer): Promise<typeof Engine> {
  if (whose === "socket.io") return createRequire(import.meta.url)("engine.io");
  const name: string = "@tautline/server/engine";
  return import(name);
}
