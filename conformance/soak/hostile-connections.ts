// The ways in which a connection of the soak comes and goes: each is a short life that ends badly, or at least abruptly.

import { begin, connectTcp, request } from "../wire/http.ts";
import { PollingSession } from "../wire/polling.ts";
import { BINARY, frame, RawWebSocket, TEXT } from "../wire/websocket.ts";

const POLLING = "/socket.io/?EIO=4&transport=polling";
const WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";

type Life = (url: string, serial: number) => Promise<void>;

async function openWebSocket(url: string, headers: Record<string, string> = {}): Promise<RawWebSocket> {
  const websocket = await RawWebSocket.open(url, WEBSOCKET, headers);
  await websocket.nextFrame();
  return websocket;
}

async function joinByWebSocket(url: string, nsp: string, auth: object = {}): Promise<RawWebSocket> {
  const websocket = await openWebSocket(url);
  websocket.sendText(`40${nsp},${JSON.stringify(auth)}`);
  return websocket;
}

export const lives: readonly Life[] = [
  // Without a session
  async (url) => (await connectTcp(url)).reset(),
  async (url) => {
    const connection = await connectTcp(url);
    connection.write("GET /socket.io/?EIO=4&transport=pol");
    connection.reset();
  },
  async (url) => void (await request(`${url}${POLLING}&sid=__proto__`)),
  async (url) => void (await request(`${url}/socket.io/?transport=${"x".repeat(4_000)}`)),
  async (url) => {
    const connection = await connectTcp(url);
    connection.write(`GET ${WEBSOCKET} HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    connection.reset();
  },
  // Polling
  async (url) => {
    const session = await PollingSession.open(`${url}/socket.io/`);
    await session.post("1");
  },
  async (url) => {
    const session = await PollingSession.open(`${url}/socket.io/`);
    const poll = session.beginGet();
    await session.isAlive();
    poll.abort();
  },
  async (url) => {
    const session = await PollingSession.open(`${url}/socket.io/`);
    const polls = [session.beginGet(), session.beginGet()];
    await Promise.allSettled(polls.map(({ answer }) => answer));
  },
  async (url, serial) => {
    const session = await PollingSession.open(`${url}/socket.io/`);
    await session.post(`40/child-${serial},`);
    await session.post("4broken");
  },
  async (url) => {
    const session = await PollingSession.open(`${url}/socket.io/`);
    const post = begin(session.url, {
      method: "POST",
      body: "x".repeat(10),
      headers: { "Content-Length": "100" },
    });
    await session.isAlive();
    post.abort();
  },
  // WebSocket
  async (url) => (await openWebSocket(url)).send(frame(8)),
  async (url) => (await openWebSocket(url)).reset(),
  async (url) => {
    const websocket = await openWebSocket(url);
    websocket.sendText("x");
    // Half a minute of patience for the answer to a close frame is tested elsewhere.
    await websocket.closeCode();
    websocket.reset();
  },
  async (url) => (await openWebSocket(url)).send(frame(TEXT, "unmasked", { isMasked: false })),
  async (url) => (await openWebSocket(url)).send(frame(BINARY, "", { announced: 2_000_000n })),
  async (url) => {
    const websocket = await openWebSocket(url, { "Sec-WebSocket-Extensions": "permessage-deflate" });
    websocket.send(frame(TEXT, "not deflated", { reserved: 4 }));
  },
  // Namespaces
  async (url, serial) => {
    const websocket = await joinByWebSocket(url, `/child-${serial}`);
    await websocket.nextFrame();
    websocket.sendText(`42/child-${serial},1["ask"]`);
    await websocket.nextFrame();
    websocket.reset();
  },
  async (url, serial) => {
    const websocket = await joinByWebSocket(url, `/child-${serial}`, { refuse: true });
    await websocket.nextFrame();
    websocket.reset();
  },
  async (url, serial) => (await joinByWebSocket(url, `/child-${serial}`, { wait: true })).reset(),
  async (url) => (await joinByWebSocket(url, "/nowhere")).reset(),
  async (url, serial) => {
    const websocket = await joinByWebSocket(url, `/child-${serial}`);
    websocket.sendText(`42/child-${serial},["fail"]`);
    websocket.sendText(`451-/child-${serial},["blob",{"_placeholder":true,"num":0}]`);
    await websocket.nextFrame();
    websocket.send(frame(8));
  },
  async (url, serial) => {
    const websocket = await joinByWebSocket(url, `/child-${serial}`);
    websocket.sendText(`41/child-${serial},`);
    websocket.sendText(`40/child-${serial},`);
    await websocket.nextFrame();
    websocket.reset();
  },
  // Upgrades
  async (url) => {
    const session = await PollingSession.open(`${url}/socket.io/`);
    const websocket = await RawWebSocket.open(url, `${WEBSOCKET}&sid=${session.sid}`);
    websocket.sendText("2probe");
    websocket.reset();
    await session.post("1");
  },
  async (url) => {
    const session = await PollingSession.open(`${url}/socket.io/`);
    const websocket = await RawWebSocket.open(url, `${WEBSOCKET}&sid=${session.sid}`);
    websocket.sendText("2probe");
    await websocket.nextFrame();
    websocket.sendText("5");
    websocket.sendText("40");
    await websocket.nextFrame();
    websocket.reset();
  },
  // A peer that does not read
  async (url) => {
    const websocket = await joinByWebSocket(url, "/");
    await websocket.nextFrame();
    websocket.stopReading();
    for (let count = 0; count < 3; count += 1) websocket.sendText('42["flood"]');
    websocket.reset();
  },
];
