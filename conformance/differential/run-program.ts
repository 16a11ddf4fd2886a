import { createServer } from "node:http";
import { Socket as EngineSocket } from "engine.io-client";
import type { Server } from "socket.io";
import { type Socket as ClientSocket, io as connect } from "socket.io-client";
import { listen } from "../peers/node-server.ts";
import { Notes } from "./notes.ts";
import type { Program, ProgramStage, Transcript } from "./program.ts";
import { until } from "./until.ts";

/** What `settle` sends. */
const settleEvent = "conformance:settle";

/** Runs a program on a server of the given class, its clients over one transport; gives what was noted. */
export async function runProgram(
  program: Program,
  ServerClass: typeof Server,
  transport: "polling" | "websocket",
): Promise<Transcript> {
  const httpServer = createServer((_request, response) => response.writeHead(404).end("the program's own"));
  const io = new ServerClass(httpServer, { serveClient: false, ...program.options });
  const port = await listen(httpServer);
  const notes = new Notes();
  const clients: ClientSocket[] = [];
  const sessions: EngineSocket[] = [];
  const url = `http://127.0.0.1:${port}`;
  const stage: ProgramStage = {
    io,
    url,
    transport,
    note: (actor, ...values) => notes.add(actor, values),
    client: (nsp = "/", options) => {
      const client = connect(`${url}${nsp}`, {
        forceNew: true,
        transports: [transport],
        reconnection: false,
        ...options,
      });
      clients.push(client);
      return client;
    },
    connected: async (nsp, options) => {
      const client = stage.client(nsp, options);
      await stage.until(() => client.connected);
      return client;
    },
    session: async () => {
      const session = new EngineSocket(url, { path: "/socket.io/", transports: [transport] });
      sessions.push(session);
      await until(() => session.readyState === "open");
      return session;
    },
    until,
    settle: (client) => settle(io, client),
  };
  try {
    await program.run(stage);
  } finally {
    for (const client of clients) client.disconnect();
    for (const session of sessions) session.close();
    await io.close();
  }
  return notes.transcript();
}

/** There, back and there again: behind it, all that was sent before, and the answers to it, have arrived. */
async function settle(io: Server, client: ClientSocket): Promise<void> {
  const socket = [...io._nsps.values()].map(({ sockets }) => sockets.get(client.id ?? "")).find(Boolean);
  if (socket === undefined) throw new Error("only a connected client can be settled");
  await deliver(socket, client);
  await deliver(client, socket);
  await deliver(socket, client);
}

interface Sender {
  emit(event: string): unknown;
}

interface Receiver {
  once(event: string, listener: () => void): unknown;
}

async function deliver(sender: Sender, receiver: Receiver): Promise<void> {
  const arrived = new Promise<void>((resolve) => receiver.once(settleEvent, resolve));
  sender.emit(settleEvent);
  await arrived;
}
