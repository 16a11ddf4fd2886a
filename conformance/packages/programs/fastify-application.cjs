// A Fastify application with a server as `fastify.io`. Argument: the plugin, a package or `own`.

const { createInterface } = require("node:readline");
const Fastify = require("fastify");
const { Server } = require("socket.io");

const [pluginName] = process.argv.slice(2);
const plugin = pluginName === "own" ? ownPlugin : require(pluginName).default;

/** What an application writes that wants no package for it. */
async function ownPlugin(fastify, options) {
  const io = new Server(fastify.server, options);
  fastify.decorate("io", io);
  fastify.addHook("preClose", () => io.local.disconnectSockets(true));
  fastify.addHook("onClose", () => io.close());
}
// Fastify's mark of a plugin whose decorations its parent sees.
ownPlugin[Symbol.for("skip-override")] = true;

const application = Fastify({ forceCloseConnections: false });
application.register(plugin, { path: "/live/" });
application.get("/online", async () => application.io.sockets.sockets.size);
application.post("/news", async (request) => {
  application.io.emit("news", request.body);
  return "sent";
});

const print = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

async function main() {
  await application.ready();
  application.io.on("connection", (socket) => socket.on("double", (value, answer) => answer(value * 2)));
  await application.listen({ port: 0, host: "127.0.0.1" });
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { id, name } = JSON.parse(line);
    if (name === "close") await application.close();
    print({ id, value: application.server.listening });
  });
  print({ ready: true, port: application.server.address().port });
}

main();
