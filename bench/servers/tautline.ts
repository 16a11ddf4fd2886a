import { createServer } from "node:http";
import { Server } from "@tautline/server";
import { type ClientEvents, createBroadcast, echo, type ServerEvents } from "./events.ts";
import { compression, isCompressing, serve } from "./serve.ts";

const http = createServer();
const io = new Server<ClientEvents, ServerEvents>(http, { perMessageDeflate: compression });
const broadcast = createBroadcast((news) => io.emit("news", news), isCompressing);

io.on("connection", (socket) => {
  socket.on("echo", echo);
  socket.on("broadcast", broadcast);
});

serve(http);
