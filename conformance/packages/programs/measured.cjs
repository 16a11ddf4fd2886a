// A server measured by socket.io-prometheus. Prints the values of its metrics while a client is connected and after.

const { once } = require("node:events");
const { createServer } = require("node:http");
const { register } = require("prom-client");
const { Server } = require("socket.io");
const collectMetrics = require("socket.io-prometheus");
const { io: connect } = require("socket.io-client");

async function values() {
  const metrics = await register.getMetricsAsJSON();
  const samples = metrics.flatMap((metric) =>
    metric.values.map(({ labels, value }) => [[metric.name, ...Object.values(labels)].join(" "), value]),
  );
  return Object.fromEntries(samples);
}

async function main() {
  const httpServer = createServer();
  const io = new Server(httpServer);
  collectMetrics(io);
  let gone;
  io.on("connection", (socket) => {
    gone = once(socket, "disconnect");
    socket.on("echo", (text, answer) => answer(text));
    socket.emit("welcome", "four");
    socket.send("three");
  });
  await once(httpServer.listen(0, "127.0.0.1"), "listening");
  const client = connect(`http://127.0.0.1:${httpServer.address().port}`, { transports: ["websocket"] });
  await once(client, "message");
  await client.emitWithAck("echo", "1234567");
  await client.emitWithAck("echo", "1234567");
  const during = await values();
  client.disconnect();
  await gone;
  const after = await values();
  await io.close();
  process.stdout.write(JSON.stringify({ during, after }));
}

main();
