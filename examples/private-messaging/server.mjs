// Serves the page and the messages on http://localhost:3000; PORT chooses another port.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { Server } from "@tautline/server";
import express from "express";
import { Conversations } from "./conversations.mjs";
import { serveMessages } from "./messaging.mjs";
import { Users } from "./users.mjs";

const app = express();
app.use(express.static(fileURLToPath(new URL("public", import.meta.url))));
app.use(express.static(fileURLToPath(new URL("../style", import.meta.url)))); // base.css, which the examples share

const httpServer = createServer(app);
serveMessages(new Server(httpServer), new Users(), new Conversations());

const port = Number(process.env.PORT ?? 3000);
httpServer.once("error", (error) => {
  if (error.code !== "EADDRINUSE") throw error;
  console.error(`Port ${port} is in use. Set PORT to choose another one.`);
  process.exit(1);
});
httpServer.listen(port, () => console.log(`Messages are on http://localhost:${httpServer.address().port}`));
