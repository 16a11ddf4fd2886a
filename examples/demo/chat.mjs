// The chat: rooms, messages with acknowledgement, typing notices and presence.
//
//   chat:join    room                → { members }   a member is { id, name }
//   chat:leave   room                → { }
//   chat:send    { room, text }      → { id, at }    and chat:message { id, room, from, text, at } to the room
//   chat:typing  { room, isTyping }  → { }           and chat:typing { room, from, isTyping } to the others
//   chat:ping                        → { at }
//
// chat:presence { room, members } goes to a room whenever somebody comes or goes. What cannot be done is
// acknowledged with { error: { code, message } }. A client tells its `name` in the handshake's auth, and may tell
// the `rooms` to be in from the start.

import { randomUUID } from "node:crypto";
import {
  checkRoomCount,
  InputError,
  readMessage,
  readName,
  readRoom,
  readRooms,
  readTyping,
} from "./input.mjs";

/** Keeps chat rooms apart from the room that each socket has under its own id. */
const PREFIX = "chat/";

export function serveChat(io) {
  io.use((socket, next) => {
    try {
      socket.data.name = readName(socket.handshake.auth, `Guest ${socket.id.slice(0, 4)}`);
      readRooms(socket.handshake.auth);
      next();
    } catch (error) {
      next(toConnectError(error));
    }
  });
  io.on("connection", (socket) => {
    // Before any event of this socket is handled: what was written without a connection finds its room.
    for (const room of readRooms(socket.handshake.auth)) socket.join(PREFIX + room);
    onInput(socket, "chat:join", (input) => join(io, socket, input));
    onInput(socket, "chat:leave", (input) => leave(io, socket, input));
    onInput(socket, "chat:send", (input) => send(io, socket, input));
    onInput(socket, "chat:typing", (input) => tellTyping(socket, input));
    onInput(socket, "chat:ping", () => ({ at: Date.now() }));
    socket.on("disconnecting", () => {
      const rooms = roomsOf(socket);
      setImmediate(() => rooms.forEach((room) => void tellPresence(io, room)));
    });
    for (const room of roomsOf(socket)) void tellPresence(io, room);
  });
}

async function join(io, socket, input) {
  const room = readRoom(input);
  if (!socket.rooms.has(PREFIX + room)) checkRoomCount(roomsOf(socket).length);
  await socket.join(PREFIX + room);
  return { members: await tellPresence(io, room) };
}

async function leave(io, socket, input) {
  const room = readRoom(input);
  checkMembership(socket, room);
  await socket.leave(PREFIX + room);
  await tellPresence(io, room);
  return {};
}

function send(io, socket, input) {
  const { room, text } = readMessage(input);
  checkMembership(socket, room);
  const message = { id: randomUUID(), room, from: toMember(socket), text, at: Date.now() };
  io.to(PREFIX + room).emit("chat:message", message);
  return { id: message.id, at: message.at };
}

function tellTyping(socket, input) {
  const { room, isTyping } = readTyping(input);
  checkMembership(socket, room);
  // Volatile: a notice that comes late is worse than none.
  socket.to(PREFIX + room).volatile.emit("chat:typing", { room, from: toMember(socket), isTyping });
  return {};
}

/** Tells everybody in the room who is there, and returns it. */
async function tellPresence(io, room) {
  const sockets = await io.in(PREFIX + room).fetchSockets();
  const members = sockets.map(toMember);
  io.to(PREFIX + room).emit("chat:presence", { room, members });
  return members;
}

/** Answers the event's acknowledgement with what `handle` returns, or with what is wrong with the input. */
function onInput(socket, event, handle) {
  socket.on(event, async (...parameters) => {
    const last = parameters.at(-1);
    const ack = typeof last === "function" ? last : () => {};
    try {
      ack(await handle(typeof parameters[0] === "function" ? undefined : parameters[0]));
    } catch (error) {
      ack({ error: describe(error) });
    }
  });
}

function describe(error) {
  if (error instanceof InputError) return { code: error.code, message: error.message };
  console.error(error);
  return { code: "INTERNAL", message: "the server failed; it is not your fault" };
}

function toConnectError(error) {
  const { code, message } = describe(error);
  return Object.assign(new Error(message), { data: { code, message } });
}

function checkMembership(socket, room) {
  if (!socket.rooms.has(PREFIX + room)) throw new InputError("NOT_IN_ROOM", `join the room "${room}" first`);
}

function roomsOf(socket) {
  return [...socket.rooms].filter((room) => room.startsWith(PREFIX)).map((room) => room.slice(PREFIX.length));
}

function toMember({ id, data }) {
  return { id, name: data.name };
}
