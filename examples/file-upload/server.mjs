// Serves the page and the uploads on http://localhost:3000; PORT chooses another port.

import { rmdirSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Server } from "@tautline/server";
import express from "express";
import { CHUNK_BYTES, serveUploads } from "./uploads.mjs";

const folder = await mkdtemp(join(tmpdir(), "uploads-"));

const app = express();
app.use(express.static(fileURLToPath(new URL("public", import.meta.url))));
app.use(express.static(fileURLToPath(new URL("../style", import.meta.url)))); // base.css, which the examples share

const httpServer = createServer(app);
// Room for one chunk, in base64 as long as the connection polls. Whoever sends more is disconnected.
const io = new Server(httpServer, { maxHttpBufferSize: 2 * CHUNK_BYTES });
serveUploads(io, folder);

const port = Number(process.env.PORT ?? 3000);
httpServer.once("error", (error) => {
  // Nothing can have been written to it.
  rmdirSync(folder);
  if (error.code !== "EADDRINUSE") throw error;
  console.error(`Port ${port} is in use. Set PORT to choose another one.`);
  process.exit(1);
});
httpServer.listen(port, () => {
  console.log(`Uploads go to ${folder}`);
  console.log(`The page is on http://localhost:${httpServer.address().port}`);
});
