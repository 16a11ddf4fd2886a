// The load: one process, apart from the server, that does what the harness asks over IPC.

import { isLoadRequest, type LoadReply, type LoadRequest, type Traffic } from "../harness/messages.ts";
import { BroadcastTraffic } from "./broadcast.ts";
import { type ConnectionOptions, LoadConnection } from "./connection.ts";
import { EchoTraffic } from "./echo.ts";
import { closePolling, openByPolling } from "./polling.ts";
import { Tally } from "./tally.ts";

type OpenRequest = Extract<LoadRequest, { kind: "open" }>;

const tally = new Tally();
const connections: LoadConnection[] = [];

process.on("disconnect", () => process.exit(0));
process.on("message", async (message) => {
  if (!isLoadRequest(message)) return;
  try {
    await run(message);
    reply({ id: message.id, ...tally.take() });
  } catch (error) {
    reply({ id: message.id, error: String(error), ...tally.take() });
  }
});
reply({ id: 0, ...tally.take() });

async function run(request: LoadRequest): Promise<void> {
  if (request.kind === "open") await openAll(request);
  if (request.kind === "start") createTraffic(request.traffic).start(connections);
  if (request.kind === "close") closeAll();
}

async function openAll(request: OpenRequest): Promise<void> {
  tally.take();
  let toOpen = request.connections;
  const openOneByOne = async () => {
    while (toOpen > 0) {
      toOpen--;
      connections.push(await openOne(request));
      tally.count(1);
    }
  };
  await Promise.all(Array.from({ length: request.concurrency }, openOneByOne));
}

async function openOne({ port, isDeflating, handshake }: OpenRequest): Promise<LoadConnection> {
  if (handshake === "websocket") return connectWebSocket({ port, isDeflating });
  return connectWebSocket({ port, isDeflating, polling: await openByPolling(port) });
}

function connectWebSocket(options: ConnectionOptions): Promise<LoadConnection> {
  return new Promise((resolve, reject) => {
    const connection = new LoadConnection(options, (error) => {
      if (error === undefined) resolve(connection);
      else reject(error);
    });
  });
}

function closeAll(): void {
  for (const connection of connections) connection.discard();
  connections.length = 0;
  closePolling();
}

function createTraffic(traffic: Traffic): { start(connections: readonly LoadConnection[]): void } {
  if (traffic.kind === "echo") return new EchoTraffic(tally, traffic.inFlight, traffic.textBytes);
  return new BroadcastTraffic(tally, traffic.perTurn);
}

function reply(message: LoadReply): void {
  process.send?.(message);
}
