// The page: one socket, some rooms, and the parts of the screen that show them.

import { createConnection } from "./connection.js";
import { createLinkPanel } from "./link-panel.js";
import { createMessages } from "./messages.js";
import { showPeople, showRooms } from "./room-list.js";
import { measureRoundTrip } from "./round-trip.js";
import { createTypingLine, createTypingNotices } from "./typing.js";

const COLOURS = ["Amber", "Coral", "Indigo", "Jade", "Ochre", "Russet", "Teal", "Violet"];
const ANIMALS = ["Badger", "Crane", "Fox", "Heron", "Lynx", "Otter", "Raven", "Seal"];

const composer = document.querySelector("#composer");
const textInput = document.querySelector("#text");
const nameInput = document.querySelector("#name");
const roomForm = document.querySelector("#room-form");
const roomInput = document.querySelector("#room-name");

// Kept by tab: a second tab is a second person.
let name = sessionStorage.getItem("name") ?? chooseName();
let current = readRoomFromAddress() ?? "lobby";
const rooms = new Set(["lobby", "music", "space", current]);
const unread = new Map();
const membersByRoom = new Map();

const panel = createLinkPanel({ onCut: cut, onReconnect: () => connection.reconnect() });
const connection = createConnection({
  readAuth: () => ({ name, rooms: [...rooms] }),
  onStatus: panel.showStatus,
  onHappening: panel.addHappening,
});
const { socket } = connection;
const messages = createMessages({ onRetry: send });
const typingLine = createTypingLine();
const typing = createTypingNotices((isTyping) => {
  // Nobody wants to know later that somebody was typing.
  if (socket.connected) socket.emit("chat:typing", { room: current, isTyping });
});

socket.on("chat:message", (message) => {
  if (message.from.id === socket.id) return recognise(message);
  messages.add({ ...message, isMine: false, state: "acked" });
  typingLine.remove(message.from.id);
  if (message.room === current) return;
  unread.set(message.room, (unread.get(message.room) ?? 0) + 1);
  drawRooms();
});
socket.on("chat:presence", ({ room, members }) => {
  membersByRoom.set(room, members);
  if (room === current) showPeople(members, socket.id);
});
socket.on("chat:typing", ({ room, from, isTyping }) => {
  if (room !== current) return;
  if (isTyping) typingLine.add(from);
  else typingLine.remove(from.id);
});
socket.on("disconnect", typingLine.clear);
measureRoundTrip(socket, panel.showRoundTrip);

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = textInput.value.trim();
  if (text === "") return;
  const message = {
    room: current,
    from: { id: "self", name },
    text,
    at: Date.now(),
    isMine: true,
    state: "pending",
  };
  messages.add(message);
  send(message);
  textInput.value = "";
  typing.stop();
});
textInput.addEventListener("input", () => typing.onInput(textInput.value.trim() === ""));
roomForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const room = roomInput.value.trim();
  if (room === "") return;
  roomInput.value = "";
  openRoom(room);
});
document.querySelector("#name-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (nameInput.value.trim() !== "") rename(nameInput.value.trim());
});
addEventListener("hashchange", () => {
  const room = readRoomFromAddress();
  // The link to the message box leads here too: it moves the focus, and the room stays.
  if (room === undefined) writeRoomToAddress(current);
  else openRoom(room);
});

nameInput.value = name;
sessionStorage.setItem("name", name);
showRoom(current);

/** On a phone the panel makes way for the message box, where there is something to try now. */
function cut() {
  connection.cut();
  if (panel.close()) textInput.focus();
}

/** Emits now or, without a connection, as soon as there is one: the client keeps it. */
async function send(message) {
  messages.update(message, { state: "pending" });
  try {
    const { id, at } = await connection.ask("chat:send", { room: message.room, text: message.text });
    messages.update(message, { state: "acked", id, at });
  } catch (error) {
    // Its own copy may have come back although its acknowledgement was lost.
    if (message.id === undefined) messages.update(message, { state: "failed" });
    panel.addHappening(`Not sent: ${error.message}`);
  }
}

/** Our own message comes back with the broadcast; it is on the screen already. */
function recognise({ room, id, text }) {
  const own = messages.findOwn({ room, id, text });
  if (own === undefined) return;
  if (own.state === "failed") messages.update(own, { state: "acked", id });
  else own.id = id;
}

async function openRoom(room) {
  if (!rooms.has(room)) {
    try {
      await connection.ask("chat:join", room);
    } catch (error) {
      panel.addHappening(`Room not opened: ${error.message}`);
      return;
    }
    rooms.add(room);
  }
  showRoom(room);
  textInput.focus();
}

function showRoom(room) {
  typing.stop();
  typingLine.clear();
  current = room;
  unread.delete(room);
  writeRoomToAddress(room);
  for (const link of document.querySelectorAll(".second-tab")) link.href = location.href;
  drawRooms();
  messages.show(room);
  showPeople(membersByRoom.get(room) ?? [], socket.id);
}

function drawRooms() {
  showRooms([...rooms], { current, unread, onChoose: openRoom });
}

/** The room named by the address, as far as it can be one: the server would refuse the handshake otherwise. */
function readRoomFromAddress() {
  const room = new URLSearchParams(location.hash.slice(1)).get("room");
  const line = room
    ?.replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, roomInput.maxLength)
    .trim();
  return line === "" ? undefined : line;
}

function writeRoomToAddress(room) {
  history.replaceState(null, "", `#${new URLSearchParams({ room })}`);
}

/** The name travels in the handshake: a new name takes a new one. */
function rename(next) {
  name = next;
  sessionStorage.setItem("name", name);
  panel.addHappening(`Reconnecting as ${name}`);
  connection.reconnect();
}

function chooseName() {
  const pick = (words) => words[Math.floor(Math.random() * words.length)];
  return `${pick(COLOURS)} ${pick(ANIMALS)}`;
}
