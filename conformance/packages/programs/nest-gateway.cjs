// A NestJS application with two gateways. The decorators are applied by hand, as a compiler would.

require("reflect-metadata");
const { createServer } = require("node:http");
const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");
const { Catch, Module, UseFilters } = require("@nestjs/common");
const { AbstractHttpAdapter, NestFactory } = require("@nestjs/core");
const { IoAdapter } = require("@nestjs/platform-socket.io");
const {
  BaseWsExceptionFilter,
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
} = require("@nestjs/websockets");
const { from, map } = require("rxjs");

/** The sequence of lifecycle hooks that were called. */
const hooks = [];

class ApplicationFilter extends BaseWsExceptionFilter {
  catch(exception, host) {
    const client = host.switchToWs().getClient();
    client.emit("filtered", { message: exception.message, pattern: host.switchToWs().getPattern() });
  }
}
Catch(RangeError)(ApplicationFilter);

class ChatGateway {
  afterInit(server) {
    hooks.push(["init", typeof server.of]);
  }
  handleConnection(client) {
    hooks.push(["connection", client.id]);
  }
  handleDisconnect(client) {
    hooks.push(["disconnect", client.id]);
  }
  double(value) {
    return value * 2;
  }
  greet(name) {
    return { event: "greeting", data: `hello, ${name}` };
  }
  count(to) {
    const numbers = Array.from({ length: to }, (_, index) => index + 1);
    return from(numbers).pipe(map((data) => ({ event: "number", data })));
  }
  refuse() {
    throw new WsException("not you");
  }
  overflow() {
    throw new RangeError("too far");
  }
  join(client, room) {
    client.join(room);
    client.to(room).emit("joined", client.id);
    return room;
  }
  announce(text) {
    this.server.to("lobby").emit("announced", text);
  }
}
subscribe(ChatGateway, "double", [MessageBody()]);
subscribe(ChatGateway, "greet", [MessageBody()]);
subscribe(ChatGateway, "count", [MessageBody()]);
subscribe(ChatGateway, "refuse", []);
subscribe(ChatGateway, "overflow", []);
subscribe(ChatGateway, "join", [ConnectedSocket(), MessageBody()]);
subscribe(ChatGateway, "announce", [MessageBody()]);
UseFilters(new ApplicationFilter())(ChatGateway.prototype, "overflow", methodOf(ChatGateway, "overflow"));
WebSocketServer()(ChatGateway.prototype, "server");
WebSocketGateway({ transports: ["websocket", "polling"] })(ChatGateway);

class TenantGateway {
  which(client) {
    return client.nsp.name;
  }
  shout(text) {
    this.namespace.emit("shouted", text);
  }
}
subscribe(TenantGateway, "which", [ConnectedSocket()]);
subscribe(TenantGateway, "shout", [MessageBody()]);
WebSocketServer()(TenantGateway.prototype, "namespace");
WebSocketGateway({ namespace: /^\/tenant-\d+$/ })(TenantGateway);

class ApplicationModule {}
Module({ providers: [ChatGateway, TenantGateway] })(ApplicationModule);

function subscribe(gateway, name, parameters) {
  SubscribeMessage(name)(gateway.prototype, name, methodOf(gateway, name));
  for (const [index, decorate] of parameters.entries()) decorate(gateway.prototype, name, index);
}

function methodOf(gateway, name) {
  return Object.getOwnPropertyDescriptor(gateway.prototype, name);
}

/** An HTTP server without routes: gateways need no web framework. */
class BareHttpAdapter extends AbstractHttpAdapter {
  initHttpServer() {
    this.httpServer = createServer((_request, response) => response.writeHead(404).end());
  }
  listen(...args) {
    return this.httpServer.listen(...args);
  }
  close() {
    this.httpServer.close();
  }
  getType() {
    return "bare";
  }
  registerParserMiddleware() {}
  setErrorHandler() {}
  setNotFoundHandler() {}
}

async function main() {
  const application = await NestFactory.create(ApplicationModule, new BareHttpAdapter({}), { logger: false });
  application.useWebSocketAdapter(new IoAdapter(application));
  await application.listen(0, "127.0.0.1");
  const print = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
  const commands = {
    hooks: () => hooks,
    serverPackage: () =>
      createRequire(require.resolve("@nestjs/platform-socket.io"))("socket.io/package.json").name,
    close: () => application.close(),
  };
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { id, name } = JSON.parse(line);
    print({ id, value: (await commands[name]()) ?? null });
  });
  print({ ready: true, port: application.getHttpServer().address().port });
}

main();
