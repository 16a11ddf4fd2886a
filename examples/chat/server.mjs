// A chat in one room: everyone hears everyone, and who comes later reads what was said before.
//
//   from the client   say (text)              → { at } or { error }
//   to the client     history ([message])     after each connection
//                     message (message)       { name, text, at }, to everyone, its writer included
//                     people ([name])         whenever somebody comes or goes
//
// A client brings its `name` in the handshake's auth.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { Server } from "@tautline/server";
import express from "express";

const LONGEST_NAME = 30;
const LONGEST_TEXT = 500;
const HISTORY_LENGTH = 100;

const app = express();
app.use(express.static(fileURLToPath(new URL("public", import.meta.url))));
app.use(express.static(fileURLToPath(new URL("../style", import.meta.url)))); // base.css, which the examples share

const httpServer = createServer(app);
// Serves its own client, too: the page loads /socket.io/socket.io.js.
const io = new Server(httpServer);
const history = [];

io.use((socket, next) => {
  const name = readText(socket.handshake.auth.name, LONGEST_NAME);
  if (name === undefined) return next(new Error(`a name has 1 to ${LONGEST_NAME} characters`));
  socket.data.name = name;
  next();
});

io.on("connection", (socket) => {
  socket.emit("history", history);
  tellWhoIsHere();

  socket.on("say", (input, done = () => {}) => {
    const text = readText(input, LONGEST_TEXT);
    if (text === undefined) return done({ error: `a message has 1 to ${LONGEST_TEXT} characters` });
    const message = { name: socket.data.name, text, at: Date.now() };
    history.push(message);
    if (history.length > HISTORY_LENGTH) history.shift();
    io.emit("message", message);
    done({ at: message.at });
  });

  socket.on("disconnect", tellWhoIsHere);
});

async function tellWhoIsHere() {
  const sockets = await io.fetchSockets();
  io.emit(
    "people",
    sockets.map(({ data }) => data.name),
  );
}

/** The text without the space around it; nothing if it is no text, empty, or too long. */
function readText(input, longest) {
  if (typeof input !== "string") return undefined;
  const text = input.trim();
  return text === "" || text.length > longest ? undefined : text;
}

const port = Number(process.env.PORT ?? 3000);
httpServer.once("error", (error) => {
  if (error.code !== "EADDRINUSE") throw error;
  console.error(`Port ${port} is in use. Set PORT to choose another one.`);
  process.exit(1);
});
httpServer.listen(port, () => console.log(`The chat is on http://localhost:${httpServer.address().port}`));
