import { createServer } from "node:http";
import { createRequire } from "node:module";
import { installApplication } from "./application.ts";
import { type AttachableServer, type IoServerClass, listen } from "./node-server.ts";
import { type ServerPeer, type ServerPeerOptions, serverTraitsOf } from "./server-peer.ts";

const MODULE = "@trufflesuite/uws-js-unofficial";

/** µWebSockets.js, as far as the suites call it themselves. */
export interface UwsModule {
  App(): UwsApp;
  us_listen_socket_close(listening: object): void;
}

interface UwsApp {
  listen(host: string, port: number, callback: (listening: object | false) => void): unknown;
}

/** A server that can be attached to an app. */
export type AppServer = AttachableServer & { attachApp(app: UwsApp): unknown };

/** The module, where it is installed; nothing installs it. */
export function loadUws(): UwsModule | undefined {
  try {
    return createRequire(import.meta.url)(MODULE);
  } catch {
    return undefined;
  }
}

export function missingUws(): string | undefined {
  return loadUws() === undefined ? `${MODULE} is not installed` : undefined;
}

/** Starts a server of the socket.io API on µWebSockets.js, with the application on it. */
export async function startUwsServer(Server: IoServerClass, options: ServerPeerOptions): Promise<ServerPeer> {
  const uws = loadUws();
  if (uws === undefined) throw new Error(missingUws());
  const { port = await findFreePort(), ...ioOptions } = options;
  const io = new Server({ serveClient: false, ...ioOptions });
  if (!isAppServer(io)) throw new Error("the server cannot be attached to an app");
  installApplication(io, serverTraitsOf["tautline on uWS"]);
  const app = uws.App();
  io.attachApp(app);
  const listening = await listenWith(app, port);
  return {
    kind: "tautline on uWS",
    port,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      uws.us_listen_socket_close(listening);
      await io.close();
    },
  };
}

function isAppServer(io: AttachableServer): io is AppServer {
  return "attachApp" in io;
}

/** Of a port that it was let choose itself, µWebSockets.js would not let go while connections of it linger. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Listens on 127.0.0.1. */
export function listenWith(app: UwsApp, port: number): Promise<object> {
  return new Promise((resolve, reject) => {
    app.listen("127.0.0.1", port, (listening) => {
      if (listening) resolve(listening);
      else reject(new Error(`nothing can listen on port ${port}`));
    });
  });
}
