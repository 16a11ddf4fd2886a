// One session for HTTP requests and sockets. Each has a counter, which both may press.
//
//   POST /login { name }   begins a session          POST /press   presses by HTTP
//   GET  /me               { name, presses }         POST /logout  ends the session and disconnects its sockets
//
//   from the client        press → { }               presses by socket
//   to the client          presses (number)          to all sockets of the session, whoever has pressed

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { Server } from "@tautline/server";
import express from "express";
import session from "express-session";

const LONGEST_NAME = 30;
const HOUR_MS = 3_600_000;

const app = express();
const httpServer = createServer(app);
const io = new Server(httpServer);

// Without a `store` sessions live in this process alone: good for an example, not for the public.
const withSession = session({
  name: "session",
  secret: process.env.SESSION_SECRET ?? randomBytes(32).toString("hex"),
  resave: false,
  saveUninitialized: false,
  // "strict": pages of other sites can neither press nor connect in the user's name.
  cookie: { httpOnly: true, sameSite: "strict", maxAge: HOUR_MS },
});
app.use(withSession);
// The same middleware before the engine gives each socket the session of its first request.
io.engine.use(withSession);

app.use(express.static(fileURLToPath(new URL("public", import.meta.url))));
app.use(express.static(fileURLToPath(new URL("../style", import.meta.url)))); // base.css, which the examples share
app.use(express.json());

app.post("/login", (request, response, next) => {
  const name = typeof request.body?.name === "string" ? request.body.name.trim() : "";
  if (name === "" || name.length > LONGEST_NAME) {
    response.status(400).json({ error: `a name has 1 to ${LONGEST_NAME} characters` });
    return;
  }
  const formerId = request.sessionID;
  // A new id, so that nobody can plant a known one before the login.
  request.session.regenerate((error) => {
    if (error) return next(error);
    disconnectSession(formerId);
    request.session.name = name;
    request.session.presses = 0;
    response.json({ name, presses: 0 });
  });
});

app.use((request, response, next) => {
  if (request.session.name === undefined) response.status(401).json({ error: "log in first" });
  else next();
});

app.get("/me", (request, response) => {
  const { name, presses } = request.session;
  response.json({ name, presses });
});

app.post("/press", (request, response) => {
  request.session.presses += 1;
  tellPresses(request.session);
  response.status(204).end();
});

app.post("/logout", (request, response, next) => {
  const id = request.sessionID;
  request.session.destroy((error) => {
    if (error) return next(error);
    disconnectSession(id);
    response.clearCookie("session").status(204).end();
  });
});

io.use((socket, next) => {
  next(socket.request.session.name === undefined ? new Error("log in first") : undefined);
});

io.on("connection", (socket) => {
  const { request } = socket;
  socket.join(roomOf(request.session.id));

  // A socket outlives many requests: its session is read anew for each event, and may have ended.
  socket.use((_event, next) => {
    request.session.reload((error) => (error ? socket.disconnect() : next()));
  });

  socket.on("press", (done = () => {}) => {
    request.session.presses += 1;
    request.session.save((error) => {
      if (error) return done({ error: "the session could not be saved" });
      tellPresses(request.session);
      done({});
    });
  });
});

function tellPresses({ id, presses }) {
  io.to(roomOf(id)).emit("presses", presses);
}

function disconnectSession(id) {
  io.in(roomOf(id)).disconnectSockets();
}

/** All sockets of a session are in one room. */
function roomOf(sessionId) {
  return `session/${sessionId}`;
}

const port = Number(process.env.PORT ?? 3000);
httpServer.once("error", (error) => {
  if (error.code !== "EADDRINUSE") throw error;
  console.error(`Port ${port} is in use. Set PORT to choose another one.`);
  process.exit(1);
});
httpServer.listen(port, () => console.log(`The login is on http://localhost:${httpServer.address().port}`));
