import type { Platform } from "../../platform.ts";
import type { MiniProgram } from "./mini-program.ts";

/**
 * Tells of the network, from the first listener on. A program that is shown again is told that the network returned:
 * its timers stood still meanwhile, and its sockets may be gone.
 */
export function createNetworkEvents(host: () => MiniProgram | undefined): Platform["onPageEvent"] {
  const offline = new Set<() => void>();
  const online = new Set<() => void>();
  let isListening = false;
  const tell = (callbacks: ReadonlySet<() => void>): void => {
    for (const callback of [...callbacks]) callback();
  };
  const listen = (): void => {
    const program = host();
    if (isListening || !program) return;
    isListening = true;
    program.onNetworkStatusChange?.(({ isConnected }) => tell(isConnected ? online : offline));
    program.onAppShow?.(() => tell(online));
  };
  return (event, callback) => {
    if (event === "beforeunload") return () => {};
    const callbacks = event === "offline" ? offline : online;
    callbacks.add(callback);
    listen();
    return () => callbacks.delete(callback);
  };
}
