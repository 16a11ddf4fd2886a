import type { ParserOption } from "./parsers.ts";

/** The servers that the suites know. */
export type ServerKind = "tautline" | "tautline on uWS" | "socket.io" | "python-socketio";

/** What a suite may ask of a server; every peer translates it into its own options. Durations in milliseconds. */
export interface ServerPeerOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly allowEIO3?: boolean;
  readonly pingInterval?: number;
  readonly pingTimeout?: number;
  /** In bytes. */
  readonly maxHttpBufferSize?: number;
  readonly cors?: { readonly origin: string };
  readonly connectionStateRecovery?: { readonly maxDisconnectionDuration: number };
  readonly perMessageDeflate?: boolean;
  /** Default: the standard encoding. */
  readonly parser?: ParserOption;
}

/** What a server can do beyond what all of them can. */
export interface ServerTraits {
  /** Broadcasts that wait for the acknowledgement of each receiver. */
  readonly hasBroadcastAcks: boolean;
  readonly hasVolatile: boolean;
  readonly hasDynamicNamespaces: boolean;
  readonly hasRecovery: boolean;
}

const latest: ServerTraits = {
  hasBroadcastAcks: true,
  hasVolatile: true,
  hasDynamicNamespaces: true,
  hasRecovery: true,
};

/** What each server can do. */
export const serverTraitsOf: Readonly<Record<ServerKind, ServerTraits>> = {
  tautline: latest,
  "tautline on uWS": latest,
  "socket.io": latest,
  "python-socketio": {
    hasBroadcastAcks: false,
    hasVolatile: false,
    hasDynamicNamespaces: false,
    hasRecovery: false,
  },
};

/** A running server with the application of application.ts on it, or its port in the peer's language. */
export interface ServerPeer {
  readonly kind: ServerKind;
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}
