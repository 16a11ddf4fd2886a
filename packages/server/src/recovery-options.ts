import type { RecoverySettings } from "@tautline/adapter/recovery";

/**
 * Lets clients resume after a short loss of connection: same id, rooms and data, and the events that they missed.
 *
 * @see docs/recovery.md, server.md §16
 */
export interface ConnectionStateRecoveryOptions {
  /** Milliseconds for which a lost session waits for its client. Default 120000. */
  maxDisconnectionDuration?: number;
  /** Whether a client that has resumed passes no middleware: it did when it first connected. Default true. */
  skipMiddlewares?: boolean;
  /** How many events each namespace keeps in memory; the oldest make way. Default 100000. */
  maxHistoryPackets?: number;
  /** How many bytes of encoded events each namespace keeps in memory; the oldest make way. Default 16000000. */
  maxHistoryBytes?: number;
  /** How many lost sessions each namespace keeps in memory; the oldest make way. Default 100000. */
  maxSessions?: number;
}

/** The heartbeat of the engine, by which losses are noticed; in milliseconds. */
export interface HeartbeatOptions {
  readonly pingInterval: number;
  readonly pingTimeout: number;
}

/** How a server lets its clients resume. */
export interface RecoveryPolicy extends RecoverySettings {
  readonly skipsMiddleware: boolean;
}

/** What programs and adapters of other makers read in the options of a server once it is made (server.md §2.1). */
export const documentedRecoveryDefaults = {
  maxDisconnectionDuration: 120_000,
  skipMiddlewares: true,
} as const;

const DEFAULT_HEARTBEAT: HeartbeatOptions = { pingInterval: 25_000, pingTimeout: 20_000 };

/** Fills in the defaults; `heartbeat` is asked when it matters, since an engine may be attached late. */
export function resolveRecovery(
  options: ConnectionStateRecoveryOptions = {},
  heartbeat: () => HeartbeatOptions | undefined = () => undefined,
): RecoveryPolicy {
  return {
    maxDisconnectionMs:
      options.maxDisconnectionDuration ?? documentedRecoveryDefaults.maxDisconnectionDuration,
    skipsMiddleware: options.skipMiddlewares ?? documentedRecoveryDefaults.skipMiddlewares,
    maxHistoryPackets: options.maxHistoryPackets ?? 100_000,
    maxHistoryBytes: options.maxHistoryBytes ?? 16_000_000,
    maxSessions: options.maxSessions ?? 100_000,
    get lossDetectionMs() {
      const { pingInterval, pingTimeout } = heartbeat() ?? DEFAULT_HEARTBEAT;
      return pingInterval + pingTimeout;
    },
  };
}
