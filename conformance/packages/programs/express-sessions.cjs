// An Express application whose sessions and logins are shared with its sockets, as the documentation of each package
// shows it: a public server at /socket.io/ and, for users who are logged in, a second one at /private/.

const { createServer } = require("node:http");
const express = require("express");
const session = require("express-session");
const passport = require("passport");
const { Strategy } = require("passport-local");
const { Server } = require("socket.io");

const sessions = session({ secret: "of this test", resave: false, saveUninitialized: true });

passport.use(
  new Strategy((username, password, done) => {
    done(null, password === "right" ? { name: username } : false);
  }),
);
passport.serializeUser((user, done) => done(null, user.name));
passport.deserializeUser((name, done) => done(null, { name }));

const application = express();
application.use(sessions);
application.use(passport.session());
application.post("/increase", (request, response) => {
  request.session.count = (request.session.count ?? 0) + 1;
  response.json(request.session.count);
});
application.post("/login", express.json(), passport.authenticate("local"), (request, response) => {
  response.json(request.user.name);
});
application.post("/logout", (request, response) => {
  const { id } = request.session;
  request.session.destroy(() => {
    io.to(id).disconnectSockets();
    response.json(null);
  });
});

const httpServer = createServer(application);
const io = new Server(httpServer);
io.engine.use(sessions);
io.on("connection", (socket) => {
  const { request } = socket;
  socket.join(request.session.id);
  socket.use((_event, next) => {
    request.session.reload((error) => (error ? socket.disconnect() : next()));
  });
  socket.on("increase", (answer) => {
    request.session.count = (request.session.count ?? 0) + 1;
    request.session.save(() => answer(request.session.count));
  });
});

const forUsers = new Server(httpServer, { path: "/private/" });
forUsers.engine.use(onlyForHandshake(sessions));
forUsers.engine.use(onlyForHandshake(passport.session()));
forUsers.engine.use(
  onlyForHandshake((request, response, next) => {
    if (request.user) return next();
    response.writeHead(401);
    response.end();
  }),
);
forUsers.on("connection", (socket) => {
  socket.emit("user", socket.request.user);
});

function onlyForHandshake(middleware) {
  return (request, response, next) => {
    if (request._query.sid === undefined) middleware(request, response, next);
    else next();
  };
}

httpServer.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ ready: true, port: httpServer.address().port })}\n`);
});
