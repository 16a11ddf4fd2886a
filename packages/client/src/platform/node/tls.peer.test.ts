// TLS options against the published `socket.io` server, which proves itself by a certificate that nobody trusts.

import { createServer, type Server as HttpsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { afterEach, describe, expect, it } from "vitest";
import { io } from "../../index.ts";
import type { LookupOptions } from "../../lookup.ts";
import {
  TEST_ARCHIVE,
  TEST_CERTIFICATE,
  TEST_KEY,
  TEST_LOCKED_KEY,
  TEST_PASSPHRASE,
} from "../../testing/certificate.ts";

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startTlsServer(options: ServerOptions = {}): Promise<number> {
  const https: HttpsServer = createServer({ cert: TEST_CERTIFICATE, key: TEST_KEY, ...options });
  const server = new Server(https);
  stops.push(
    () => server.close(),
    () => https.closeAllConnections(),
  );
  return new Promise((resolve) => {
    https.listen(0, "127.0.0.1", () => {
      const address: AddressInfo = Object(https.address());
      resolve(address.port);
    });
  });
}

/** "connected", or the message and the code of the error. */
function outcomeOf(port: number, transport: string, options: LookupOptions): Promise<string> {
  const socket = io(`https://127.0.0.1:${port}`, {
    forceNew: true,
    reconnection: false,
    transports: [transport],
    ...options,
  });
  stops.push(() => socket.disconnect());
  return new Promise((resolve) => {
    socket.on("connect", () => resolve("connected"));
    socket.on("connect_error", (error) => {
      const { message, description, context } = Object(error);
      const cause = context?.error ?? description?.cause;
      resolve(`${message}: ${cause?.code}`);
    });
  });
}

describe.each([
  ["polling", "xhr poll error"],
  ["websocket", "websocket error"],
] as const)("TLS over %s", (transport, failure) => {
  const trusting = { ca: TEST_CERTIFICATE, servername: "tautline.test" };

  it("refuses a certificate that no authority vouches for", async () => {
    const port = await startTlsServer();
    expect(await outcomeOf(port, transport, {})).toBe(`${failure}: DEPTH_ZERO_SELF_SIGNED_CERT`);
  });

  it("refuses a trusted certificate of another name", async () => {
    const port = await startTlsServer();
    const options = { ca: TEST_CERTIFICATE };
    expect(await outcomeOf(port, transport, options)).toBe(`${failure}: ERR_TLS_CERT_ALTNAME_INVALID`);
  });

  it("connects when ca and servername fit", async () => {
    expect(await outcomeOf(await startTlsServer(), transport, trusting)).toBe("connected");
  });

  it("leaves the judgement of the name to checkServerIdentity", async () => {
    const port = await startTlsServer();
    const names: unknown[] = [];
    const checkServerIdentity = (name: string): undefined => {
      names.push(name);
    };
    const options = { ca: TEST_CERTIFICATE, checkServerIdentity };
    expect(await outcomeOf(port, transport, options)).toBe("connected");
    expect(new Set(names)).toEqual(new Set(["127.0.0.1"]));
  });

  it("connects to anyone with rejectUnauthorized false, and with nothing but false", async () => {
    const port = await startTlsServer();
    expect(await outcomeOf(port, transport, { rejectUnauthorized: false })).toBe("connected");
    for (const value of [undefined, null, 0, ""]) {
      const options = Object({ rejectUnauthorized: value });
      expect(await outcomeOf(port, transport, options)).toMatch(/SELF_SIGNED/);
    }
  });

  it.each([
    ["cert and key", { cert: TEST_CERTIFICATE, key: TEST_KEY }],
    ["cert and a locked key", { cert: TEST_CERTIFICATE, key: TEST_LOCKED_KEY, passphrase: TEST_PASSPHRASE }],
    ["pfx", { pfx: TEST_ARCHIVE, passphrase: TEST_PASSPHRASE }],
  ])("shows the server the certificate of %s", async (_, identity) => {
    const port = await startTlsServer({ ca: TEST_CERTIFICATE, requestCert: true, rejectUnauthorized: true });
    expect(await outcomeOf(port, transport, { ...trusting, ...identity })).toBe("connected");
    expect(await outcomeOf(port, transport, trusting)).toMatch(failure);
  });

  it("reports an archive that its passphrase does not open", async () => {
    const port = await startTlsServer();
    const options = { ...trusting, pfx: TEST_ARCHIVE, passphrase: "wrong" };
    expect(await outcomeOf(port, transport, options)).toMatch(failure);
  });

  it("speaks only the ciphers that it is told to", async () => {
    const port = await startTlsServer({ ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" });
    expect(await outcomeOf(port, transport, trusting)).toBe("connected");
    const options = { ...trusting, ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" };
    expect(await outcomeOf(port, transport, options)).toMatch(failure);
  });
});
