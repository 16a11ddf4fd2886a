import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Server } from "socket.io";
import { type Socket as ClientSocket, io as connect } from "socket.io-client";
import { listen } from "../peers/node-server.ts";
import type { Program, ProgramStage, Transcript } from "./program.ts";

const deadlineMs = 10_000;
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
  const url = `http://127.0.0.1:${port}`;
  const stage: ProgramStage = {
    io,
    url,
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
    until,
    settle: (client) => settle(io, client),
  };
  try {
    await program.run(stage);
  } finally {
    for (const client of clients) client.disconnect();
    await io.close();
  }
  return notes.transcript();
}

async function until(condition: () => boolean): Promise<void> {
  const endsAt = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > endsAt) throw new Error(`did not come true within ${deadlineMs} ms: ${condition}`);
    await delay(2);
  }
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

/** The transcript while it is written. */
class Notes {
  readonly #lines = new Map<string, string[]>();
  readonly #ids = new Map<string, string>();

  add(actor: string, values: readonly unknown[]): void {
    const lines = this.#lines.get(actor) ?? [];
    this.#lines.set(actor, lines);
    lines.push(values.map((value) => this.#describe(value)).join(" "));
  }

  transcript(): Transcript {
    return Object.fromEntries(this.#lines);
  }

  #describe(value: unknown): string {
    if (typeof value === "function") return "<function>";
    if (value instanceof Error) return `<${value.name}: ${value.message}>`;
    if (value instanceof Set) return `Set(${[...value].map((one) => this.#describe(one)).join(", ")})`;
    if (value instanceof Uint8Array) return `bytes(${[...value].join(",")})`;
    if (Array.isArray(value)) return `[${value.map((one) => this.#describe(one)).join(", ")}]`;
    if (typeof value === "object" && value !== null) return this.#describeObject(value);
    if (typeof value === "string") return this.#nameIds(value);
    return String(value);
  }

  #describeObject(value: object): string {
    const members = Object.entries(value).map(([key, member]) => `${key}: ${this.#describe(member)}`);
    return `{ ${members.join(", ")} }`;
  }

  /** Public ids are 20 characters long and differ from run to run. */
  #nameIds(text: string): string {
    return text.replace(/(?<![\w-])[\w-]{20}(?![\w-])/g, (id) => {
      const name = this.#ids.get(id) ?? `id${this.#ids.size + 1}`;
      this.#ids.set(id, name);
      return name;
    });
  }
}
