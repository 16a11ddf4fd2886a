import { createServer } from "node:http";
import { Server } from "@tautline/server";
import { serveChat } from "./chat.mjs";
import { createStaticFiles } from "./static-files.mjs";

/** The page and the chat on one HTTP server, which does not listen yet. */
export function createDemo() {
  const http = createServer(createStaticFiles());
  const io = new Server(http, {
    // Any client may come, from any page, of any age: the demo has no accounts and nothing to protect.
    cors: { origin: "*" },
    allowEIO3: true,
  });
  serveChat(io);
  return { http, io };
}
