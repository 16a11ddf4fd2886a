// Serves the page and the chat on http://localhost:3000; PORT chooses another port.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { Server } from "@tautline/server";
import { build } from "esbuild";
import express from "express";
import { type ChatServer, serveChat } from "./chat.ts";

const page = fileURLToPath(new URL("page/", import.meta.url));

// The script of the page. A larger program leaves that to its bundler.
const { outputFiles } = await build({
  entryPoints: [`${page}app.tsx`],
  bundle: true,
  minify: true,
  format: "esm",
  jsx: "automatic",
  target: "es2022",
  define: { "process.env.NODE_ENV": `"production"` },
  write: false,
});

const app = express();
app.get("/app.js", (_request, response) => {
  response.type("text/javascript").send(outputFiles[0]?.text);
});
app.use(express.static(page));
app.use(express.static(fileURLToPath(new URL("../style", import.meta.url)))); // base.css, which the examples share

const httpServer = createServer(app);
const io: ChatServer = new Server(httpServer, { serveClient: false });
serveChat(io);

const port = Number(process.env.PORT ?? 3000);
httpServer.once("error", (error) => {
  if (!("code" in error) || error.code !== "EADDRINUSE") throw error;
  console.error(`Port ${port} is in use. Set PORT to choose another one.`);
  process.exit(1);
});
httpServer.listen(port, () => {
  const address = httpServer.address();
  if (typeof address === "object") console.log(`The chat is on http://localhost:${address?.port}`);
});
