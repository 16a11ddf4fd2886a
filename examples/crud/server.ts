// Serves the page and the tasks on http://localhost:3000; PORT chooses another port.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { Server } from "@tautline/server";
import express from "express";
import { MemoryTaskRepository } from "./memory-task-repository.ts";
import { serveTasks } from "./serve-tasks.ts";

const app = express();
app.use(express.static(fileURLToPath(new URL("public", import.meta.url))));
app.use(express.static(fileURLToPath(new URL("../style", import.meta.url)))); // base.css, which the examples share

const httpServer = createServer(app);
serveTasks(new Server(httpServer), new MemoryTaskRepository());

const port = Number(process.env.PORT ?? 3000);
httpServer.once("error", (error) => {
  if (!("code" in error) || error.code !== "EADDRINUSE") throw error;
  console.error(`Port ${port} is in use. Set PORT to choose another one.`);
  process.exit(1);
});
httpServer.listen(port, () => {
  const address = httpServer.address();
  if (typeof address === "object") console.log(`The tasks are on http://localhost:${address?.port}`);
});
