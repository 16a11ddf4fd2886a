// What the harness and its two kinds of child process say to each other over Node's IPC channel.

/** `settle` collects garbage before it answers. */
export interface ServerRequest {
  readonly id: number;
  readonly kind: "sample" | "settle" | "stop";
}

/** The reply with id 0 is sent unasked, once the server listens. */
export interface ServerReply {
  readonly id: number;
  readonly port: number;
  /** User and system time since the process began, all threads. */
  readonly cpuMicros: number;
  readonly residentBytes: number;
}

export type Traffic =
  | { readonly kind: "echo"; readonly inFlight: number; readonly textBytes: number }
  | { readonly kind: "broadcast"; readonly perTurn: number };

export type Handshake = "websocket" | "polling-then-upgrade";

/** Every request is answered by a `LoadReply`. */
export type LoadRequest = { readonly id: number } & LoadCommand;

export type LoadCommand =
  | {
      readonly kind: "open";
      readonly port: number;
      readonly connections: number;
      /** How many handshakes are under way at once. */
      readonly concurrency: number;
      readonly handshake: Handshake;
      readonly isDeflating: boolean;
    }
  | { readonly kind: "start"; readonly traffic: Traffic }
  | { readonly kind: "sample" }
  | { readonly kind: "close" };

export interface LoadReply {
  readonly id: number;
  /** Present if the command failed; the figures are then void. */
  readonly error?: string;
  /** Operations since the last reply, and the time that they took. */
  readonly operations: number;
  readonly elapsedMs: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
}

export function isServerRequest(message: unknown): message is ServerRequest {
  return hasNumbers(message, ["id"]) && "kind" in message;
}

export function isServerReply(message: unknown): message is ServerReply {
  return hasNumbers(message, ["id", "port", "cpuMicros", "residentBytes"]);
}

export function isLoadRequest(message: unknown): message is LoadRequest {
  return hasNumbers(message, ["id"]) && "kind" in message;
}

export function isLoadReply(message: unknown): message is LoadReply {
  return hasNumbers(message, ["id", "operations", "elapsedMs", "latencyP50Ms", "latencyP99Ms"]);
}

function hasNumbers(message: unknown, names: readonly string[]): message is object {
  if (typeof message !== "object" || message === null) return false;
  return names.every((name) => typeof Reflect.get(message, name) === "number");
}
