// Our client with servers that err at every step: it says so once, where the program can see it, and connects again.

import { io, type ManagerOptions } from "@tautline/client";
import { afterEach, describe, expect, it } from "vitest";
import { type Fault, startFaultyServer } from "./peers/faulty-server.ts";
import { until } from "./wire/deadline.ts";

/** A fault, and what the program hears of it. */
interface Row {
  readonly title: string;
  readonly fault: Fault;
  readonly reports: readonly string[];
}

const POLLING = { transports: ["polling"] };
const WEBSOCKET = { transports: ["websocket"] };
const BOTH = { transports: ["polling", "websocket"] };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function reportsOf(fault: Fault, options: ManagerOptions): Promise<string[]> {
  const server = await startFaultyServer(fault);
  closers.push(server.close);
  const socket = io(server.url, {
    forceNew: true,
    reconnectionDelay: 5,
    randomizationFactor: 0,
    timeout: 5000,
    ...options,
  });
  closers.push(() => socket.disconnect());
  const reports: string[] = [];
  socket.on("connect_error", (error) => reports.push(`connect_error: ${error.message}`));
  socket.on("disconnect", (reason) => reports.push(`disconnect: ${reason}`));
  socket.io.engine.on("upgradeError", (error) => reports.push(`upgradeError: ${error.message}`));
  socket.io.engine.on("upgrade", () => reports.push("upgraded"));
  if (fault.probe || (fault.upgrade && options === BOTH))
    await until(() => reports.length > 0, "the end of the probe");
  let echo: unknown;
  socket.on("echo", (value) => {
    echo = value;
  });
  await until(() => {
    if (socket.connected) socket.emit("echo", "alive");
    return echo === "alive";
  }, "an echo");
  return reports;
}

const openWith = (open: object): string =>
  `0${JSON.stringify({ sid: "x", upgrades: [], pingInterval: 1000, pingTimeout: 1000, ...open })}`;

const badOpenPackets: readonly (readonly [title: string, text: string])[] = [
  ["nothing", ""],
  ["a page", "<html>not here</html>"],
  ["an unknown type", "9"],
  ["a message", '40{"sid":"too early"}'],
  ["a message that cannot be decoded", "4]["],
  ["a ping", "2"],
  ["an open packet without data", "0"],
  ["an open packet that is not JSON", "0{"],
  ["an open packet that is a list", "0[]"],
  ["an open packet that is null", "0null"],
  ["an open packet without sid", openWith({ sid: undefined })],
  ["an open packet whose sid is empty", openWith({ sid: "" })],
  ["an open packet whose sid is a number", openWith({ sid: 7 })],
  ["an open packet without upgrades", openWith({ upgrades: undefined })],
  ["an open packet with a negative interval", openWith({ pingInterval: -1 })],
  ["an open packet with a time-out in words", openWith({ pingTimeout: "1000" })],
  ["an open packet with an endless limit", openWith({ maxPayload: "Infinity" })],
];

describe("a bad handshake by polling", () => {
  it.each(badOpenPackets)("with %s is reported once, and tried again", async (_, text) => {
    const fault = { handshake: (response: { end(text: string): void }) => response.end(text) };
    expect(await reportsOf(fault, POLLING)).toEqual(["connect_error: server error"]);
  });

  it.each<Row>([
    {
      title: "status 503",
      fault: { handshake: (response) => response.writeHead(503).end("busy") },
      reports: ["connect_error: xhr poll error"],
    },
    {
      title: "status 204",
      fault: { handshake: (response) => response.writeHead(204).end() },
      reports: ["connect_error: xhr poll error"],
    },
    {
      title: "a redirection",
      fault: { handshake: (response) => response.writeHead(302, { Location: "/" }).end() },
      reports: ["connect_error: xhr poll error"],
    },
    {
      title: "a body that breaks off",
      fault: {
        handshake: (response) => {
          response.writeHead(200, { "Content-Length": "1000" }).write('0{"sid":');
          response.socket?.resetAndDestroy();
        },
      },
      reports: ["connect_error: xhr poll error"],
    },
    {
      title: "a reset",
      fault: { handshake: (response) => response.socket?.resetAndDestroy() },
      reports: ["connect_error: xhr poll error"],
    },
    {
      title: "bytes that are not HTTP",
      fault: { handshake: (response) => response.socket?.end("\0\x01\x02 garbage\r\n\r\n") },
      reports: ["connect_error: xhr poll error"],
    },
    {
      title: "a session that nobody knows",
      fault: { handshake: (response) => response.end(openWith({ sid: "unknown" })) },
      reports: ["connect_error: xhr post error", "disconnect: transport error"],
    },
    {
      title: "a close packet",
      fault: { handshake: (response) => response.end("1") },
      reports: ["connect_error: transport close"],
    },
  ])("with $title is reported once, and tried again", async ({ fault, reports }) => {
    expect(await reportsOf(fault, POLLING)).toEqual(reports);
  });
});

describe("a bad handshake by WebSocket", () => {
  it.each(badOpenPackets)("with %s is reported once, and tried again", async (_, text) => {
    const fault: Fault = { open: (socket) => socket.send(text) };
    expect(await reportsOf(fault, WEBSOCKET)).toEqual(["connect_error: server error"]);
  });

  it.each<Row>([
    {
      title: "status 404",
      fault: { upgrade: (connection) => connection.end("HTTP/1.1 404 Not Found\r\n\r\n") },
      reports: ["connect_error: websocket error"],
    },
    {
      title: "an ordinary page",
      fault: { upgrade: (connection) => connection.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") },
      reports: ["connect_error: websocket error"],
    },
    {
      title: "a wrong accept key",
      fault: {
        upgrade: (connection) =>
          connection.write(
            "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
          ),
      },
      reports: ["connect_error: websocket error"],
    },
    {
      title: "bytes that are not HTTP",
      fault: { upgrade: (connection) => connection.end("\0\x01\x02 garbage\r\n\r\n") },
      reports: ["connect_error: websocket error"],
    },
    {
      title: "an end without a word",
      fault: { upgrade: (connection) => connection.destroy() },
      reports: ["connect_error: websocket error"],
    },
    {
      title: "binary",
      fault: { open: (socket) => socket.send(Buffer.from([0, 1, 2])) },
      reports: ["connect_error: server error"],
    },
    {
      title: "an end as soon as it is open",
      fault: { open: (socket) => socket.close(1011) },
      reports: ["connect_error: transport close"],
    },
    {
      title: "a frame with reserved bits",
      fault: { open: (_, connection) => connection.write(Buffer.from([0xf1, 0x00])) },
      reports: ["connect_error: websocket error"],
    },
  ])("with $title is reported once, and tried again", async ({ fault, reports }) => {
    expect(await reportsOf(fault, WEBSOCKET)).toEqual(reports);
  });
});

// client.md 13, Q17: a connection that is lost before the namespace is joined ends in `disconnect` too.
describe("a fault in an open session", () => {
  it.each<Row>([
    {
      title: "a poll answered with garbage",
      fault: { poll: (response) => response.end("garbage") },
      reports: ["connect_error: server error", "disconnect: transport error"],
    },
    {
      title: "a poll answered with good packets before garbage",
      fault: { poll: (response) => response.end('40{"sid":"s"}\x1egarbage') },
      reports: ["connect_error: server error", "disconnect: transport error"],
    },
    {
      title: "a poll refused",
      fault: { poll: (response) => response.writeHead(400).end('{"code":1}') },
      reports: ["connect_error: xhr poll error", "disconnect: transport error"],
    },
    {
      title: "a poll whose body breaks off",
      fault: {
        poll: (response) => {
          response.writeHead(200, { "Content-Length": "1000" }).write("4");
          response.socket?.resetAndDestroy();
        },
      },
      reports: ["connect_error: xhr poll error", "disconnect: transport error"],
    },
    {
      title: "a post refused",
      fault: { post: (response) => response.writeHead(500).end() },
      reports: ["connect_error: xhr post error", "disconnect: transport error"],
    },
    {
      title: "a close packet",
      fault: { poll: (response) => response.end("1") },
      reports: ["disconnect: transport close"],
    },
    {
      title: "a second open packet, which is nothing to it",
      fault: { connect: [openWith({ sid: "other" }), '40{"sid":"s"}'] },
      reports: [],
    },
  ])("by polling, $title, is reported once", async ({ fault, reports }) => {
    expect(await reportsOf(fault, POLLING)).toEqual(reports);
  });

  it.each([
    { title: "an unknown opcode", bytes: Buffer.from([0x83, 0]) },
    {
      title: "a masked frame",
      bytes: Buffer.from([0x81, 0x80, 1, 2, 3, 4]),
    },
    {
      title: "text that is not UTF-8",
      bytes: Buffer.from([0x81, 1, 0xff]),
    },
    {
      title: "a frame longer than any",
      bytes: Buffer.from([0x81, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255]),
    },
    {
      title: "a continuation of nothing",
      bytes: Buffer.from([0x80, 1, 65]),
    },
    {
      title: "HTTP",
      bytes: Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
    },
  ])("by WebSocket, $title, is reported once", async ({ bytes }) => {
    const open: Fault["open"] = (socket, connection) => {
      socket.send(openWith({}));
      socket.once("message", () => connection.write(bytes));
    };
    expect(await reportsOf({ open }, WEBSOCKET)).toEqual([
      "connect_error: websocket error",
      "disconnect: transport error",
    ]);
  });
});

describe("a bad probe leaves the session where it is", () => {
  it.each<Row>([
    {
      title: "a pong of something else",
      fault: { probe: (socket) => socket.send("3nonsense") },
      reports: ["upgradeError: probe error"],
    },
    {
      title: "a message in place of the pong",
      fault: { probe: (socket) => socket.send('42["echo","stray"]') },
      reports: ["upgradeError: probe error"],
    },
    {
      title: "garbage",
      fault: { probe: (socket) => socket.send("garbage") },
      reports: ["upgradeError: probe error"],
    },
    {
      title: "the end",
      fault: { probe: (socket) => socket.close() },
      reports: ["upgradeError: probe error: transport closed"],
    },
    {
      title: "a broken frame",
      fault: { probe: (_, connection) => connection.write(Buffer.from([0xf1, 0])) },
      reports: ["upgradeError: probe error: websocket error"],
    },
    {
      title: "a refusal",
      fault: { upgrade: (connection) => connection.end("HTTP/1.1 403 Forbidden\r\n\r\n") },
      reports: ["upgradeError: probe error: websocket error"],
    },
  ])("on $title", async ({ fault, reports }) => {
    expect(await reportsOf(fault, BOTH)).toEqual(reports);
  });

  it("on silence, and goes on without it", async () => {
    let isProbed = false;
    const server = await startFaultyServer({
      probe: () => {
        isProbed = true;
      },
    });
    closers.push(server.close);
    const socket = io(server.url, { forceNew: true, ...BOTH });
    closers.push(() => socket.disconnect());
    const echoes: unknown[] = [];
    socket.on("echo", (n) => echoes.push(n));
    await until(() => isProbed && socket.connected, "the probe");
    for (let n = 0; n < 3; n++) {
      socket.emit("echo", n);
      await until(() => echoes.length > n, `echo ${n}`);
    }
    expect(echoes).toEqual([0, 1, 2]);
    expect(socket.io.engine.transport.name).toBe("polling");
  });
});

describe("bad socket packets before the namespace is joined", () => {
  const rows: readonly (readonly [title: string, packets: readonly string[], reports: readonly string[]])[] =
    [
      ["an unknown type", ["47"], ["disconnect: parse error"]],
      ["broken JSON", ['42["x"'], ["disconnect: parse error"]],
      ["a CONNECT that is a list", ["40[]"], ["disconnect: parse error"]],
      ["a reserved event", ['42["connect"]'], ["disconnect: parse error"]],
      [
        "attachments that never come",
        ['451-["x",{"_placeholder":true,"num":0}]', "40"],
        ["disconnect: parse error"],
      ],
      ["an id beyond all numbers", [`42${"9".repeat(40)}["x"]`], ["disconnect: parse error"]],
      ["an answer to nothing", ["430[]", '40{"sid":"s"}'], []],
      ["another namespace's packets", ['42/other,["echo",1]', "41/other,", '40{"sid":"s"}'], []],
      ["two CONNECTs", ['40{"sid":"a"}', '40{"sid":"b"}'], []],
    ];

  describe.each([
    ["polling", POLLING],
    ["websocket", WEBSOCKET],
  ] as const)("over %s", (_, options) => {
    it.each(rows)("%s", async (_, connect, reports) => {
      expect(await reportsOf({ connect }, options)).toEqual(reports);
    });
  });

  it("a refusal without a reason, which is final", async () => {
    const server = await startFaultyServer({ connect: ["44"] });
    closers.push(server.close);
    const socket = io(server.url, { forceNew: true, ...WEBSOCKET });
    const errors: unknown[] = [];
    socket.on("connect_error", (error) => errors.push(error));
    await until(() => errors.length > 0, "the refusal");
    expect(errors).toMatchObject([{ message: "", code: "SIO_REFUSED" }]);
    expect(socket.active).toBe(false);
  });
});
