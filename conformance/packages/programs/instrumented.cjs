// A server with the Admin UI's instrumentation. Argument: the options of `instrument`, as JSON.

const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { instrument } = require("@socket.io/admin-ui");

const httpServer = createServer();
const io = new Server(httpServer, { cors: { origin: true, credentials: true } });
instrument(io, JSON.parse(process.argv[2]));

io.on("connection", (socket) => {
  socket.data.tags = { first: 1 };
  socket.on("join", (room, done) => {
    socket.join(room);
    done();
  });
  socket.on("set", (name, value, done) => {
    socket.data.tags[name] = value;
    done();
  });
  socket.on("double", (value, answer) => answer(value * 2));
});
io.of("/orders").on("connection", (socket) => socket.emit("welcome", socket.id));
io.of(/^\/tenant-\d+$/).on("connection", () => {});

httpServer.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ ready: true, port: httpServer.address().port })}\n`);
});
