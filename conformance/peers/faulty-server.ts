// A Socket.IO server written by hand that commits one fault, in its first session, and is faultless from then on.

import http from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { listen } from "./node-server.ts";

/** What the first session does in place of what it should do; a step that is left out is done as it should be. */
export interface Fault {
  /** The client asks for a session by polling. */
  readonly handshake?: (response: http.ServerResponse) => void;
  /** The client polls its session. */
  readonly poll?: (response: http.ServerResponse) => void;
  /** The client posts to its session. */
  readonly post?: (response: http.ServerResponse) => void;
  /** The client asks for a WebSocket, be it for a session or to probe it. */
  readonly upgrade?: (connection: Duplex) => void;
  /** A WebSocket that asks for a session is open. `connection` is what carries its frames. */
  readonly open?: (socket: WebSocket, connection: Duplex) => void;
  /** A probe has arrived. */
  readonly probe?: (socket: WebSocket, connection: Duplex) => void;
  /** CONNECT has arrived; what follows are engine messages. */
  readonly connect?: readonly string[];
}

export interface FaultyServer {
  readonly url: string;
  close(): Promise<void>;
}

const STEADY = { pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 };

/** Starts a server on 127.0.0.1. It echoes `echo` events. */
export async function startFaultyServer(fault: Fault): Promise<FaultyServer> {
  const sessions = new Map<string, Session>();
  const sockets = new WebSocketServer({ noServer: true });
  const openSession = (upgrades: readonly string[]): [Session, string] => {
    const sid = `session-${sessions.size}`;
    const session = new Session(sessions.size === 0 ? fault : {});
    sessions.set(sid, session);
    return [session, `0${JSON.stringify({ sid, upgrades, ...STEADY })}`];
  };
  let isFirst = true;
  /** The fault, once. */
  const committed = (): Fault => {
    if (!isFirst) return {};
    isFirst = false;
    return fault;
  };

  const server = http.createServer(async (request, response) => {
    const sid = new URL(request.url ?? "", "http://h").searchParams.get("sid");
    const session = sessions.get(sid ?? "");
    let body = "";
    for await (const chunk of request) body += chunk;
    if (!sid) {
      const misdeed = fault.handshake && committed().handshake;
      if (misdeed) misdeed(response);
      else response.end(openSession(["websocket"])[1]);
    } else if (!session) {
      response.writeHead(400).end('{"code":1,"message":"Session ID unknown"}');
    } else if (request.method === "GET") session.poll(response);
    else session.post(body, response);
  });

  server.on("upgrade", (request, connection, head) => {
    connection.on("error", () => {});
    const sid = new URL(request.url ?? "", "http://h").searchParams.get("sid");
    const misdeeds = fault.upgrade || fault.open ? committed() : {};
    if (misdeeds.upgrade) {
      misdeeds.upgrade(connection);
      connection.resume().once("end", () => connection.end());
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on("error", () => {});
      const session = sessions.get(sid ?? "");
      if (session) session.tryUpgrade(socket, connection);
      else if (misdeeds.open) misdeeds.open(socket, connection);
      else {
        const [opened, packet] = openSession([]);
        socket.send(packet);
        opened.carryBy(socket);
      }
    });
  });

  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** One session with one namespace. */
class Session {
  readonly #fault: Fault;
  #queue: string[] = [];
  #pending: http.ServerResponse | undefined;
  #socket: WebSocket | undefined;

  constructor(fault: Fault) {
    this.#fault = fault;
  }

  poll(response: http.ServerResponse): void {
    if (this.#fault.poll) {
      this.#fault.poll(response);
      return;
    }
    this.#pending = response;
    this.#flush();
  }

  post(body: string, response: http.ServerResponse): void {
    if (this.#fault.post) {
      this.#fault.post(response);
      return;
    }
    response.end("ok");
    for (const packet of body.split("\x1e")) this.#receive(packet);
  }

  tryUpgrade(socket: WebSocket, connection: Duplex): void {
    socket.on("message", (data) => {
      if (String(data) === "2probe") {
        if (this.#fault.probe) this.#fault.probe(socket, connection);
        else socket.send("3probe");
        this.#send("6");
      }
      if (String(data) === "5") this.carryBy(socket);
    });
  }

  carryBy(socket: WebSocket): void {
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(String(data)));
    this.#flush();
  }

  #receive(packet: string): void {
    if (packet.startsWith("40"))
      for (const answer of this.#fault.connect ?? ['40{"sid":"s"}']) this.#send(answer);
    if (packet.startsWith('42["echo"')) this.#send(packet);
  }

  #send(packet: string): void {
    this.#queue.push(packet);
    this.#flush();
  }

  #flush(): void {
    if (this.#queue.length === 0) return;
    if (this.#socket) for (const packet of this.#queue.splice(0)) this.#socket.send(packet);
    else if (this.#pending) {
      this.#pending.end(this.#queue.splice(0).join("\x1e"));
      this.#pending = undefined;
    }
  }
}
