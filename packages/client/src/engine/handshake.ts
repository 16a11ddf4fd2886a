import { parseJson } from "../json.ts";

/** What the server says of the session it opened (EIO §8). */
export interface HandshakeData {
  readonly sid: string;
  /** Names of the transports that the session may move to. */
  readonly upgrades: string[];
  readonly pingInterval: number;
  readonly pingTimeout: number;
  /** Bytes that one polling body may have; undefined if the server does not say. */
  readonly maxPayload?: number;
  /** Whether the server answers pings; it says so only if it was asked. */
  readonly probes?: boolean;
}

/** Reads the data of an `open` packet; undefined if it is not what a server may send. */
export function decodeHandshake(data: unknown): HandshakeData | undefined {
  const value = parseJson(String(data));
  return isHandshake(value) ? value : undefined;
}

function isHandshake(value: unknown): value is HandshakeData {
  if (typeof value !== "object" || !value) return false;
  const {
    sid,
    upgrades,
    pingInterval,
    pingTimeout,
    maxPayload = 0,
  }: { [Key in keyof HandshakeData]?: unknown } = value;
  return (
    typeof sid === "string" &&
    sid !== "" &&
    Array.isArray(upgrades) &&
    [pingInterval, pingTimeout, maxPayload].every((number) => typeof number === "number" && number >= 0)
  );
}
