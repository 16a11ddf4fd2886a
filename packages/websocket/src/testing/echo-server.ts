import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { acceptUpgrade, refuseUpgrade, type UpgradeOptions } from "../accept-upgrade.ts";
import type { Connection } from "../connection.ts";
import { TEST_CERTIFICATE, TEST_PRIVATE_KEY } from "./certificate.ts";
import { RecordingHandler } from "./recording-handler.ts";

/** A server of this package that sends back what it is sent. */
export interface EchoServer {
  readonly server: Server;
  readonly port: number;
  readonly connections: Connection[];
  /** What its connections reported, in order of their coming. */
  readonly handlers: RecordingHandler[];
  close(): void;
}

class EchoHandler extends RecordingHandler {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
  }

  override onText(text: string): void {
    this.#connection.send(text);
  }

  override onBinary(bytes: Buffer): void {
    this.#connection.send(bytes);
  }
}

/** Listens on a free port of 127.0.0.1. */
export async function startEchoServer(
  options: Partial<UpgradeOptions> = {},
  isSecure = false,
): Promise<EchoServer> {
  const server = isSecure
    ? createSecureServer({ cert: TEST_CERTIFICATE, key: TEST_PRIVATE_KEY })
    : createServer();
  const connections: Connection[] = [];
  const handlers: RecordingHandler[] = [];
  server.on("upgrade", (request, socket, head) => {
    const upgrade = acceptUpgrade(request, socket, { maxPayloadBytes: 3_000_000, ...options });
    if (!upgrade.ok) {
      refuseUpgrade(socket, upgrade.status, upgrade.message, upgrade.headers);
      return;
    }
    const handler = new EchoHandler(upgrade.connection);
    connections.push(upgrade.connection);
    handlers.push(handler);
    upgrade.connection.start(handler, head);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = (): void => {
    for (const connection of connections) connection.terminate();
    server.close();
  };
  return { server, port, connections, handlers, close };
}
