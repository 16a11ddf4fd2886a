import type { Agent } from "node:http";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import type { EngineOptions } from "../../engine/options.ts";

export type TlsOptions = Pick<
  TlsConnectionOptions,
  | "pfx"
  | "key"
  | "passphrase"
  | "cert"
  | "ca"
  | "ciphers"
  | "servername"
  | "checkServerIdentity"
  | "rejectUnauthorized"
>;

/** What the program says about TLS, for node:tls to check. */
export function tlsOptionsOf(options: EngineOptions): TlsOptions {
  const names = [
    "pfx",
    "key",
    "passphrase",
    "cert",
    "ca",
    "ciphers",
    "servername",
    "checkServerIdentity",
  ] as const;
  const given = names.filter((name) => options[name] !== undefined && options[name] !== null);
  return {
    ...Object(Object.fromEntries(given.map((name) => [name, options[name]]))),
    // CVE-2016-10536: only `false` turns verification off
    rejectUnauthorized: options.rejectUnauthorized !== false,
  };
}

/** The program's agent, for node:http to check; undefined if it gave none. */
export function agentOf({ agent }: EngineOptions): Agent | undefined {
  return typeof agent === "object" && agent ? Object(agent) : undefined;
}
