import type { PageEvent, Platform } from "../../platform.ts";
import type { MiniProgram } from "./mini-program.ts";

/** Tells of the network and of the program's return from the background, from the first listener on. */
export function createNetworkEvents(host: () => MiniProgram | undefined): Platform["onPageEvent"] {
  const signals = new Map<PageEvent, Set<() => void>>();
  let isListening = false;
  const callbacksOf = (event: PageEvent): Set<() => void> => {
    const callbacks = signals.get(event) ?? new Set();
    signals.set(event, callbacks);
    return callbacks;
  };
  const tell = (event: PageEvent): void => {
    for (const callback of [...callbacksOf(event)]) callback();
  };
  const listen = (): void => {
    const program = host();
    if (isListening || !program) return;
    isListening = true;
    program.onNetworkStatusChange?.(({ isConnected }) => tell(isConnected ? "online" : "offline"));
    // client-platforms.md 7.4: while it was hidden its sockets were closed and its timers stood still
    program.onAppShow?.(() => tell("resume"));
  };
  return (event, callback) => {
    const callbacks = callbacksOf(event);
    callbacks.add(callback);
    listen();
    return () => callbacks.delete(callback);
  };
}
