import type { Clock } from "@tautline/events/clock";
import type { Base64 } from "@tautline/protocol/base64";
import type { Failure } from "./engine/failure.ts";
import type { TransportConstructor } from "./engine/transport.ts";
import type { startUpgrade } from "./engine/upgrade.ts";

/** In which class binary arrives. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "blob";

/** The network is lost, or has returned; the page is shown again after it was hidden or frozen; or it is left. */
export type PageEvent = "offline" | "online" | "resume" | "beforeunload";

/** What a page knows of its own address. */
export interface PageLocation {
  /** With the colon, as `https:`. */
  readonly protocol: string;
  /** With the port, if it is not the default one. */
  readonly host: string;
}

/** The cookies of one engine (client.md 8.9). */
export interface CookieJar {
  /** Takes the values of `Set-Cookie` headers. */
  store(setCookies: readonly string[]): void;
  /** A copy of headers with the cookies of the jar, those that the headers have already included. */
  merge(headers: { readonly [name: string]: string }): Record<string, string>;
}

export interface ClockOptions {
  /** Wait with the timer functions of load time, which fake clocks installed later do not affect. */
  readonly useNativeTimers?: boolean | undefined;
  /** Timers do not keep the process alive (Node). */
  readonly autoUnref?: boolean | undefined;
}

/**
 * What a runtime supplies. The core reads no global: each entry point hands in one of these.
 *
 * Nothing here may throw but transports' `doOpen`.
 */
export interface Platform {
  /** Transports by name. */
  readonly transports: ReadonlyMap<string, TransportConstructor>;
  readonly base64: Base64;
  /** In which class binary arrives unless the program says otherwise. */
  readonly binaryType: BinaryType;
  /** What processes remember across engines, for `rememberUpgrade`. */
  readonly memory: { isWebSocketKnownToWork: boolean };
  /** Moves a session to a better transport; left out where there is only one. */
  readonly startUpgrade?: typeof startUpgrade;
  /** Names of the transports to use by default: what the runtime has, in order of use. */
  defaultTransports(): string[];
  createClock(options: ClockOptions): Clock;
  /** Uniform in [0, 1): jitter and cache busters, never secrets. */
  random(): number;
  location(): PageLocation | undefined;
  /** Turns received bytes into what the program asked for; the bytes are the receiver's own. */
  toBinary(bytes: Uint8Array, type: BinaryType): unknown;
  /** With `withCredentials`, where the runtime keeps no cookies itself. */
  createCookieJar?(): CookieJar;
  /** Says more about a failure; left out where the texts would cost too much to load. */
  explain?(failure: Failure, details: object): Partial<Failure>;
  /** Calls back when one of these happens; returns the way to stop that. */
  onPageEvent(event: PageEvent, callback: () => void): () => void;
}
