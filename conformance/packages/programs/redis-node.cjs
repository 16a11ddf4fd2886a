// One node of a cluster over Redis. Arguments: its name, `classic` or `sharded`, `redis` or `ioredis`, the Redis port.
// Reads commands as JSON lines, `{ id, name, args }`, and answers each with `{ id, value }`.

const { createServer } = require("node:http");
const { createInterface } = require("node:readline");
const { Server } = require("socket.io");
const { createAdapter, createShardedAdapter } = require("@socket.io/redis-adapter");

const [nodeName, kind, library, redisPort] = process.argv.slice(2);

async function connectRedis() {
  if (library === "ioredis") {
    const { Redis } = require("ioredis");
    const publisher = new Redis(Number(redisPort), "127.0.0.1");
    return [publisher, publisher.duplicate()];
  }
  const { createClient } = require("redis");
  const publisher = createClient({ url: `redis://127.0.0.1:${redisPort}` });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  return [publisher, subscriber];
}

function createCommands(io) {
  const told = [];
  io.on("tell", (...args) => told.push(args));
  io.on("ask", (question, answer) => answer(`${nodeName}: ${question}`));
  const among = (room) => (room === null ? io : io.in(room));
  return {
    nodeCount: () => io.of("/").adapter.serverCount(),
    emit: (room, event, ...args) => among(room).emit(event, ...args),
    emitBytes: (room, event, bytes) => among(room).emit(event, Buffer.from(bytes)),
    emitExcept: (room, event, ...args) => io.except(room).emit(event, ...args),
    emitIn: (namespace, event, ...args) => io.of(namespace).emit(event, ...args),
    emitLocal: (event, ...args) => io.local.emit(event, ...args),
    emitWithAck: (room, event, ...args) =>
      among(room)
        .timeout(5_000)
        .emitWithAck(event, ...args),
    fetchSockets: async (room) => (await among(room).fetchSockets()).map(describe),
    socketsJoin: (from, to) => among(from).socketsJoin(to),
    socketsLeave: (from, to) => among(from).socketsLeave(to),
    disconnectSockets: (room) => among(room).disconnectSockets(),
    tellNodes: (...args) => io.serverSideEmit("tell", ...args),
    askNodes: (question) => io.serverSideEmitWithAck("ask", question),
    told: () => told,
    close: () => io.close(),
  };
}

const describe = ({ id, rooms, data, handshake }) => ({
  id,
  rooms: [...rooms].sort(),
  data,
  hasHeaders: typeof handshake.headers.host === "string",
});

function onConnection(socket, subscriber) {
  socket.data.node = nodeName;
  socket.join(nodeName);
  socket.on("join", async (room, done) => {
    socket.join(room);
    // The sharded adapter subscribes to a channel of the room: the answer stands behind that.
    await subscriber.ping();
    done();
  });
  socket.on("say", (room, text) => socket.to(room).emit("said", text));
}

function obey(commands) {
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { id, name, args } = JSON.parse(line);
    try {
      print({ id, value: (await commands[name](...args)) ?? null });
    } catch (error) {
      print({ id, error: error.message });
    }
  });
}

function print(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

connectRedis().then(([publisher, subscriber]) => {
  const adapter =
    kind === "sharded" ? createShardedAdapter(publisher, subscriber) : createAdapter(publisher, subscriber);
  const httpServer = createServer();
  const io = new Server(httpServer, { adapter, serveClient: false });
  io.on("connection", (socket) => onConnection(socket, subscriber));
  io.of("/orders");
  io.of(/^\/tenant-/);
  obey(createCommands(io));
  httpServer.listen(0, "127.0.0.1", () => print({ ready: true, port: httpServer.address().port }));
});
