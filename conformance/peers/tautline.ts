import type { IoServerClass } from "./node-server.ts";
import type { IoFunction } from "./script-client.ts";

/** Our own server class. */
export async function tautlineServer(): Promise<IoServerClass> {
  const name: string = "@tautline/server";
  const { Server } = await import(name);
  return Server;
}

/** Our own `io`. */
export async function tautlineIo(): Promise<IoFunction> {
  const name: string = "@tautline/client";
  const { io } = await import(name);
  return io;
}
