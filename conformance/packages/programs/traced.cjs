// A server whose events are traced by @opentelemetry/instrumentation-socket.io. Prints the spans of one exchange.
//
// The instrumentation patches the files of `socket.io` that it knows by path and version; ours has other files, so that
// the program hands it the classes itself.

const { once } = require("node:events");
const { createServer } = require("node:http");
const { SocketIoInstrumentation } = require("@opentelemetry/instrumentation-socket.io");
const {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} = require("@opentelemetry/sdk-trace-base");
const socketIo = require("socket.io");
const { io: connect } = require("socket.io-client");

const exporter = new InMemorySpanExporter();
const instrumentation = new SocketIoInstrumentation();
instrumentation.setTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
);

const [definition] = instrumentation.getModuleDefinitions();
definition.patch(socketIo, "4.8.3");
for (const file of definition.files) {
  if (file.name.endsWith("/socket.js") || file.name.endsWith("/broadcast-operator.js"))
    file.patch(socketIo, "4.8.3");
}

async function main() {
  const httpServer = createServer();
  const io = new socketIo.Server(httpServer);
  io.on("connection", (socket) => {
    socket.join("lobby");
    socket.on("question", (_text, answer) => answer("fine"));
  });
  await once(httpServer.listen(0, "127.0.0.1"), "listening");
  const client = connect(`http://127.0.0.1:${httpServer.address().port}`, { transports: ["websocket"] });
  await once(client, "connect");
  await client.emitWithAck("question", "how are you?");
  const [serverSocket] = io.sockets.sockets.values();
  client.on("ask", (answer) => answer(1));
  serverSocket.emit("single", 1);
  await serverSocket.emitWithAck("ask");
  io.to("lobby").emit("to a room", 1);
  io.emit("to all", 1);
  await io.to("lobby").timeout(5_000).emitWithAck("ask");
  client.disconnect();
  await io.close();
  const spans = exporter.getFinishedSpans().map(({ name, kind, attributes }) => ({
    name,
    kind,
    event: attributes["messaging.socket.io.event_name"],
    rooms: attributes["messaging.socket.io.rooms"]?.map((room) => (room === serverSocket.id ? "own" : room)),
  }));
  process.stdout.write(JSON.stringify(spans));
}

main();
