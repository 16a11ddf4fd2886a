// Many hostile connections against one server, and what it holds before and after (SEC §6).

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { until, within } from "../wire/deadline.ts";
import { lives } from "./hostile-connections.ts";
import type { Holdings } from "./server.ts";

/** How many connections are under way at once. */
const ABREAST = 25;
/** Longer than every deadline of the server that a lost connection may have to wait for. */
const SETTLING_MS = 60_000;

export interface SoakResult {
  /** After a first round of every life: code is compiled and caches are filled. */
  readonly before: Holdings;
  readonly after: Holdings;
}

/** Opens and closes `connections` connections. */
export async function soak(
  connections: number,
  onProgress: (done: number) => void = () => {},
): Promise<SoakResult> {
  const server = fork(fileURLToPath(new URL("./server.ts", import.meta.url)), {
    execArgv: ["--expose-gc", "--conditions=@tautline/source", "--import", "tsx"],
  });
  try {
    const [{ port }] = await within(once(server, "message"), "start of the server");
    const url = `http://127.0.0.1:${port}`;
    const idle = await measure(server);
    await live(url, 0, lives.length * 8);
    const before = await settle(server, idle);
    for (let done = 0; done < connections; done += ABREAST * 20) {
      await live(url, done, Math.min(connections, done + ABREAST * 20));
      onProgress(Math.min(connections, done + ABREAST * 20));
    }
    return { before, after: await settle(server, idle) };
  } finally {
    server.kill("SIGKILL");
  }
}

/** The lives of these serial numbers, `ABREAST` of them at a time. */
async function live(url: string, first: number, end: number): Promise<void> {
  let serial = first;
  const run = async (): Promise<void> => {
    while (serial < end) {
      const mine = serial;
      serial += 1;
      await lives[mine % lives.length]?.(url, mine);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, run));
}

/** What the server holds once it has forgotten its connections, or after a long time. */
async function settle(server: ChildProcess, idle: Holdings): Promise<Holdings> {
  let holdings = await measure(server);
  await until(
    async () => {
      holdings = await measure(server);
      return holdings.sessions === 0 && holdings.resources <= idle.resources;
    },
    "end of every session and connection",
    SETTLING_MS,
  );
  return holdings;
}

async function measure(server: ChildProcess): Promise<Holdings> {
  const answer = once(server, "message");
  server.send("measure");
  const [holdings] = await within(answer, "answer of the server");
  return holdings;
}
