// Starts the processes of one measurement: a server of either implementation, and the load.

import { existsSync } from "node:fs";
import { Child } from "./child.ts";
import {
  isLoadReply,
  isServerReply,
  type LoadCommand,
  type LoadReply,
  type ServerReply,
  type ServerRequest,
} from "./messages.ts";

export const IMPLEMENTATIONS = ["tautline", "socket-io"] as const;
export type Implementation = (typeof IMPLEMENTATIONS)[number];

/** No library, the same bytes: the price of Node and the kernel. */
export const FLOOR = "bare";
export type Floor = typeof FLOOR;

export type ServerChild = Child<Omit<ServerRequest, "id">, ServerReply>;
export type LoadChild = Child<LoadCommand, LoadReply>;

export interface Peers {
  readonly server: ServerChild;
  readonly load: LoadChild;
  readonly port: number;
}

export interface PeerOptions {
  readonly implementation: Implementation | Floor;
  readonly isCompressing: boolean;
  /** For the server process, as `--cpu-prof`. */
  readonly nodeArguments?: readonly string[];
}

/** Runs `measure` beside a fresh server and a fresh load, and ends both whatever happens. */
export async function withPeers<T>(options: PeerOptions, measure: (peers: Peers) => Promise<T>): Promise<T> {
  const server: ServerChild = new Child(
    {
      program: `bench/servers/${options.implementation}.ts`,
      programArguments: options.isCompressing ? ["compress"] : [],
      nodeArguments: ["--expose-gc", ...sourceCondition(), ...(options.nodeArguments ?? [])],
    },
    isServerReply,
  );
  const load: LoadChild = new Child(
    { program: "bench/load/main.ts", programArguments: [], nodeArguments: [] },
    isLoadReply,
  );
  try {
    const [{ port }] = await Promise.all([server.waitFor(0), load.waitFor(0)]);
    return await measure({ server, load, port });
  } finally {
    await load.stop();
    await server.stop({ kind: "stop" });
  }
}

/** True if our server runs as users get it; without a build it runs from its source. */
export function isBuilt(): boolean {
  return existsSync(new URL("../../packages/server/dist/index.js", import.meta.url));
}

function sourceCondition(): string[] {
  return isBuilt() ? [] : ["--conditions=@tautline/source"];
}
