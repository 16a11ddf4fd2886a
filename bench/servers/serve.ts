// The common part of a server process: listen on a free port of loopback, say which, answer the harness.

import type { Server as HttpServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { isServerRequest, type ServerReply } from "../harness/messages.ts";

/** The harness passes `compress` as an argument of the process. */
export const isCompressing: boolean = process.argv.includes("compress");

/** The option of both servers; the threshold lets the events through that are meant to be compressed. */
export const compression: { threshold: number } | false = isCompressing ? { threshold: 512 } : false;

/** Serves until the harness disconnects or asks to stop. */
export function serve(http: HttpServer): void {
  http.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
    const address = http.address();
    if (address === null || typeof address === "string") throw new Error("not listening on a port");
    reply({ id: 0, port: address.port, cpuMicros: 0, residentBytes: 0 });
  });
  process.on("disconnect", () => process.exit(0));
  process.on("message", async (message) => {
    if (!isServerRequest(message)) return;
    if (message.kind === "stop") process.exit(0);
    if (message.kind === "settle") await collectGarbage();
    const { user, system } = process.cpuUsage();
    const residentBytes = process.memoryUsage.rss();
    reply({ id: message.id, port: 0, cpuMicros: user + system, residentBytes });
  });
}

/** Several collections with pauses: V8 gives pages back to the system some time after it has emptied them. */
async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 6; round++) {
    globalThis.gc?.();
    await wait(150);
  }
}

function reply(message: ServerReply): void {
  process.send?.(message);
}
