// What programs in TypeScript write with the packages of this folder. It is compiled, never run.

import { createServer } from "node:http";
import { IoAdapter } from "@nestjs/platform-socket.io";
import { instrument } from "@socket.io/admin-ui";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import session from "express-session";
import passport from "passport";
import { createClient } from "redis";
import { type Namespace, Server, type Socket } from "socket.io";
import { SessionAwareAdapter, Adapter as UpstreamAdapter } from "socket.io-adapter";

interface ClientToServer {
  hello: (name: string, answer: (greeting: string) => void) => void;
}
interface ServerToClient {
  news: (text: string) => void;
}
interface InterServer {
  ask: (question: string, answer: (text: string) => void) => void;
}
interface Data {
  user: string;
}

const client = createClient();
const httpServer = createServer();
const io = new Server<ClientToServer, ServerToClient, InterServer, Data>(httpServer, {
  adapter: createAdapter(client, client.duplicate()),
});
new Server({ adapter: createShardedAdapter(client, client) });
new Server({ adapter: UpstreamAdapter });
new Server({ adapter: SessionAwareAdapter });
new Server({ adapter: class Own extends UpstreamAdapter {} });
io.adapter(createAdapter(client, client));
instrument(io, { auth: false, mode: "development" });
io.engine.use(session({ secret: "x" }));
io.engine.use(passport.session());
io.engine.on("connection_error", (err) => console.log(err));
const orders: Namespace<ClientToServer, ServerToClient, InterServer, Data> = io.of("/orders");
orders.adapter.on("create-room", (room) => console.log(room));
orders.adapter.rooms.get("x")?.size;
orders.adapter.sids.get("x")?.size;
orders.adapter.socketRooms("x");
io.on("connection", (socket: Socket<ClientToServer, ServerToClient, InterServer, Data>) => {
  socket.data.user = "x";
  socket.request;
});
class MyAdapter extends IoAdapter {
  override createIOServer(port: number, options?: object): Server {
    const server: Server = super.createIOServer(port, { ...options, cors: true });
    server.adapter(createAdapter(client, client));
    return server;
  }
}

export { MyAdapter as ApplicationAdapter };
