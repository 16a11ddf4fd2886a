// The client for mini-programs, on a `wx` as strict as WeChat's, against the published `socket.io` server.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LookupOptions } from "../../lookup.ts";
import type { Socket } from "../../socket.ts";
import { nextEvent } from "../../testing/events.ts";
import { createFakeHost, type FakeHost } from "../../testing/mini-program.ts";
import { type PeerServer, startPeerServer } from "../../testing/peer-server.ts";
import { createClient, io as wechatIo } from "./client.ts";

let peer: PeerServer;
let host: FakeHost;
const sockets: Socket[] = [];

beforeEach(async () => {
  peer = await startPeerServer();
  peer.server.on("connection", (serverSocket) => {
    serverSocket.on("echo", (...args) => args.pop()(...args));
    serverSocket.on("sever", () => serverSocket.conn.close());
  });
  host = createFakeHost();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.io.disconnect();
  host.stop();
  await peer.stop();
});

function open(options: LookupOptions = {}, url: string = peer.url): Socket {
  const socket = createClient(host).io(url, { reconnectionDelay: 10, ...options });
  sockets.push(socket);
  return socket;
}

async function connect(options?: LookupOptions): Promise<Socket> {
  const socket = open(options);
  await nextEvent(socket, "connect");
  return socket;
}

describe.each([["websocket"], ["polling"]] as const)("a mini-program over %s", (transport) => {
  const transports = [transport];

  it("exchanges text and binary, which arrives as ArrayBuffer of its own", async () => {
    const socket = await connect({ transports });
    expect(socket.io.engine.transport.name).toBe(transport);
    const view = Uint8Array.of(9, 1, 2, 3).subarray(1);
    const bytes = await socket.emitWithAck("echo", view);
    const text = await socket.emitWithAck("echo", "é☕");
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3).buffer);
    expect(text).toBe("é☕");
  });

  it("carries 100 kB of binary unharmed", async () => {
    const socket = await connect({ transports });
    const sent = new Uint8Array(100_000).map((_, index) => index * 7);
    expect(new Uint8Array(await socket.emitWithAck("echo", sent))).toEqual(sent);
  });

  it("sends the headers of `extraHeaders`", async () => {
    const socket = await connect({ transports, extraHeaders: { "X-Client": "mini" } });
    expect(socket.connected).toBe(true);
    const all = [...host.asked.sockets, ...host.asked.requests];
    expect(all.every(({ header }) => header["X-Client"] === "mini")).toBe(true);
  });

  it("comes back after a loss", async () => {
    const socket = await connect({ transports });
    const lost = nextEvent(socket, "disconnect");
    const returned = nextEvent(socket.io, "reconnect");
    socket.emit("sever");
    expect((await lost)[0]).toBe("transport close");
    expect(await returned).toEqual([1]);
    expect(await socket.emitWithAck("echo", 1)).toBe(1);
  });
});

describe("a mini-program", () => {
  it("begins with WebSocket and makes no request", async () => {
    const socket = await connect();
    expect(socket.io.engine.transport.name).toBe("websocket");
    expect(host.asked.requests).toEqual([]);
  });

  it("turns to polling when no socket may be opened", async () => {
    host.connectSocket = (options) => {
      options.fail({ errMsg: "connectSocket:fail url not in domain list" });
      return undefined;
    };
    const socket = await connect();
    expect(socket.io.engine.transport.name).toBe("polling");
  });

  it("moves from polling to WebSocket when asked to begin with polling", async () => {
    const socket = await connect({ transports: ["polling", "websocket"] });
    if (socket.io.engine.transport.name !== "websocket") await nextEvent(socket.io.engine, "upgrade");
    expect(socket.io.engine.transport.name).toBe("websocket");
  });

  it("reports a sixth socket as a websocket error", async () => {
    const { io } = createClient(host);
    const options = { transports: ["websocket"], forceNew: true, reconnection: false };
    for (let count = 0; count < 5; count++) {
      const socket = io(peer.url, options);
      sockets.push(socket);
      await nextEvent(socket, "connect");
    }
    const sixth = io(peer.url, options);
    sockets.push(sixth);
    expect((await nextEvent(sixth, "connect_error"))[0]).toMatchObject({ message: "websocket error" });
  });

  it("closes a socket that opens after it was given up", async () => {
    const socket = open({ transports: ["websocket"], reconnection: false });
    socket.disconnect();
    await expect.poll(() => host.asked.sockets.length).toBe(1);
    await expect.poll(() => peer.server.engine.clientsCount).toBe(0);
    const another = await connect({ transports: ["websocket"] });
    await expect.poll(() => peer.server.engine.clientsCount).toBe(1);
    another.disconnect();
  });

  it("takes an innocent close code for a loss, and comes back when it is shown", async () => {
    const socket = await connect({ reconnectionDelay: 3_600_000, reconnectionDelayMax: 3_600_000 });
    const lost = nextEvent(socket, "disconnect");
    host.hide();
    const [reason, details] = await lost;
    expect(reason).toBe("transport close");
    expect(details).toMatchObject({ context: { code: 1000, reason: "interrupted" } });
    const returned = nextEvent(socket, "connect");
    host.show();
    await returned;
  });

  it("fails its polls when it is hidden", async () => {
    const socket = await connect({ transports: ["polling"], reconnection: false });
    const lost = nextEvent(socket, "disconnect");
    host.hide();
    const [reason, error] = await lost;
    expect(reason).toBe("transport error");
    expect(error).toMatchObject({ description: 0, context: { errMsg: "request:fail interrupted" } });
  });

  it("closes when the network is lost, and comes back with it", async () => {
    const socket = await connect({ reconnectionDelay: 3_600_000, reconnectionDelayMax: 3_600_000 });
    const lost = nextEvent(socket, "disconnect");
    host.setNetwork(false);
    expect(await lost).toMatchObject(["transport close", { description: "network connection lost" }]);
    const returned = nextEvent(socket, "connect");
    host.setNetwork(true);
    await returned;
  });

  it("hands the options of WeChat's sockets on, and only those", async () => {
    const websocket = { tcpNoDelay: true, perMessageDeflate: true, timeout: 7000, path: "/socket.io" };
    open({ transports: ["websocket"], transportOptions: { websocket }, protocols: "one" });
    const [asked] = host.asked.sockets;
    expect(asked).toMatchObject({ tcpNoDelay: true, perMessageDeflate: true, timeout: 7000 });
    expect(asked).toMatchObject({ protocols: ["one"] });
    expect(asked).not.toHaveProperty("path");
  });

  it("asks for the body of an answer as text, and says what it sends", async () => {
    const socket = await connect({ transports: ["polling"] });
    await socket.emitWithAck("echo", 1);
    for (const { dataType, data, header } of host.asked.requests) {
      expect(dataType).toBe("text");
      if (data !== undefined) expect(header["Content-type"]).toBe("text/plain;charset=UTF-8");
    }
  });

  it("reports the status of a refused request, even of a host that answers at once", async () => {
    host.request = ({ success }) => {
      success({ data: "no", statusCode: 403 });
      return undefined;
    };
    const socket = open({ transports: ["polling"], reconnection: false });
    const [error] = await nextEvent(socket, "connect_error");
    expect(error).toMatchObject({ message: "xhr poll error", description: 403 });
  });

  it("keeps cookies with `withCredentials`", async () => {
    peer.server.engine.on("initial_headers", (headers: Record<string, string>) => {
      headers["set-cookie"] = "node=a; Path=/";
    });
    const socket = await connect({ transports: ["polling"], withCredentials: true });
    await socket.emitWithAck("echo", 1);
    expect(host.asked.requests.at(-1)?.header.cookie).toBe("node=a");
  });

  it("needs an absolute URL, and says so", () => {
    expect(() => open({}, "/orders")).toThrow('no server in URL "/orders"');
  });

  it("never writes the default port of a scheme", async () => {
    const socket = open({ reconnection: false }, "https://mini.example:443");
    await nextEvent(socket, "connect_error");
    expect(host.asked.sockets[0]?.url).toMatch(/^wss:\/\/mini\.example\/socket\.io\//);
  });

  it("says what is missing where there is no `wx`", async () => {
    const socket = wechatIo(peer.url, { reconnection: false, forceNew: true });
    sockets.push(socket);
    const [error] = await nextEvent(socket, "connect_error");
    expect(error).toMatchObject({ message: "xhr poll error" });
    expect(String(Reflect.get(Object(error), "description"))).toContain("no `wx` here");
  });
});
