// The events. A user is whoever holds its session, in however many tabs; they share one room, named by the user's id.
//
//   auth              { name } makes a user, { sessionId } comes back as one; refused with data { code, message }
//
//   to the client     welcome { you, sessionId, people }     after each connection
//                     person { id, name, isOnline }          somebody is new, comes or goes
//                     gone (id)                              somebody has left for good
//                     message { id, from, to, text, at }     to all tabs of both, but the one that has sent it
//                     read (id)                              another tab has read the conversation with that user
//
//   from the client   send { to, text }       → { message }
//                     conversation (id)       → { messages }
//                     read (id)               → { }
//                     leave                   → { }          ends the session, in all tabs
//
// An answer to what cannot be done is { error: { code, message } }.

import { InputError, readName, readText } from "./input.mjs";

export function serveMessages(io, users, conversations) {
  io.use((socket, next) => {
    try {
      socket.data.user = admit(users, socket.handshake.auth);
      next();
    } catch (error) {
      next(Object.assign(new Error(error.message), { data: describe(error) }));
    }
  });

  io.on("connection", (socket) => {
    const { user } = socket.data;
    socket.join(user.id);
    socket.emit("welcome", {
      you: { id: user.id, name: user.name },
      sessionId: user.sessionId,
      people: users.others(user.id).map((other) => ({
        ...toPerson(io, other),
        unread: conversations.countUnread(user.id, other.id),
      })),
    });
    socket.broadcast.emit("person", toPerson(io, user));

    onRequest(socket, "send", ({ to, text }) => {
      const receiver = readOther(users, user, to);
      const message = conversations.add(user.id, receiver.id, readText(text));
      socket.to(receiver.id).to(user.id).emit("message", message);
      return { message };
    });

    onRequest(socket, "conversation", (id) => {
      return { messages: conversations.between(user.id, readOther(users, user, id).id) };
    });

    onRequest(socket, "read", (id) => {
      const other = readOther(users, user, id);
      conversations.markRead(user.id, other.id);
      socket.to(user.id).emit("read", other.id);
      return {};
    });

    onRequest(socket, "leave", () => {
      users.remove(user);
      conversations.forget(user.id);
      socket.broadcast.emit("gone", user.id);
      // At the end of the turn, so that the answer is on its way.
      setImmediate(() => io.in(user.id).disconnectSockets());
      return {};
    });

    socket.on("disconnect", () => {
      if (users.has(user.id) && !isOnline(io, user)) io.emit("person", toPerson(io, user));
    });
  });
}

/** The user of a session, or a new one. */
function admit(users, { sessionId, name }) {
  if (sessionId === undefined) return users.create(readName(name));
  const user = users.findBySession(sessionId);
  if (user === undefined) throw new InputError("UNKNOWN_SESSION", "this session has ended");
  return user;
}

/** The user of that id, who is not oneself. */
function readOther(users, user, id) {
  const other = users.find(id);
  if (other === undefined || other === user) throw new InputError("UNKNOWN_USER", "there is no such person");
  return other;
}

function toPerson(io, user) {
  return { id: user.id, name: user.name, isOnline: isOnline(io, user) };
}

/** Whether one of the user's tabs is connected: a room exists as long as somebody is in it. */
function isOnline(io, user) {
  return io.of("/").adapter.rooms.has(user.id);
}

/** Acknowledges the event with what `handle` returns, or with what is wrong with the input. */
function onRequest(socket, event, handle) {
  socket.on(event, (...parameters) => {
    const done = typeof parameters.at(-1) === "function" ? parameters.pop() : () => {};
    try {
      done(handle(parameters[0] ?? {}));
    } catch (error) {
      done({ error: describe(error) });
    }
  });
}

function describe(error) {
  if (error instanceof InputError) return { code: error.code, message: error.message };
  console.error(error);
  return { code: "INTERNAL", message: "the server failed; it is not your fault" };
}
