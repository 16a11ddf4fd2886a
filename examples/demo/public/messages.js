// The messages of each room, and their drawing. A message is
// { room, from, text, at, isMine, state, id } with state "pending", "acked" or "failed"; its id comes with its ack.

import { createAvatar } from "./room-list.js";

const KEPT_PER_ROOM = 200;
/** Messages of one author within this time stand together. */
const TOGETHER_MS = 120_000;

const TICKS = {
  pending: {
    path: "M8 4.500v3.700l2.3 1.600M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0",
    words: "waiting to be sent",
  },
  acked: { path: "m3 8.6 3.3 3.300L13 5", words: "received by the server" },
  failed: { path: "M8 4v5m0 3v.01", words: "not sent" },
};

const log = document.querySelector("#log");
const empty = document.querySelector("#empty");
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export function createMessages({ onRetry }) {
  const byRoom = new Map();
  let current = "";
  const inRoom = (room) => byRoom.get(room) ?? byRoom.set(room, []).get(room);

  const draw = () => {
    const messages = inRoom(current);
    log.replaceChildren(
      ...messages.map((message, index) => createMessage(message, messages[index - 1], onRetry)),
    );
    empty.hidden = messages.length > 0;
    log.scrollTop = log.scrollHeight;
  };

  return {
    show(room) {
      current = room;
      draw();
    },
    add(message) {
      const messages = inRoom(message.room);
      messages.push(message);
      if (messages.length > KEPT_PER_ROOM) messages.shift();
      if (message.room !== current) return;
      if (messages.length === KEPT_PER_ROOM) return draw();
      empty.hidden = true;
      log.append(createMessage(message, messages.at(-2), onRetry));
      log.scrollTop = log.scrollHeight;
    },
    /** Changes a message where it stands, so that a reader hears the change and not the log again. */
    update(message, change) {
      Object.assign(message, change);
      if (message.room !== current) return;
      const index = inRoom(current).indexOf(message);
      const shown = log.children[index];
      shown?.replaceWith(createMessage(message, inRoom(current)[index - 1], onRetry));
    },
    /** Our own message that an arriving one repeats: known by its id, or still without one. */
    findOwn({ room, id, text }) {
      const own = inRoom(room).filter((message) => message.isMine);
      return (
        own.find((message) => message.id === id) ??
        own.find((message) => message.id === undefined && message.text === text)
      );
    },
  };
}

function createMessage(message, before, onRetry) {
  const { from, text, at, isMine, state } = message;
  const follows = before !== undefined && before.from.id === from.id && at - before.at < TOGETHER_MS;
  const item = document.createElement("article");
  item.className = `message ${isMine ? "mine" : "theirs"} ${state}${follows ? " follows" : ""}`;
  item.dataset.state = state;
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  bubble.append(text);
  if (isMine) bubble.append(createTick(state));
  item.append(createAvatar(from.name), createByline(from.name, at), bubble);
  if (state === "failed") item.append(createRetry(message, onRetry));
  return item;
}

function createByline(name, at) {
  const byline = document.createElement("div");
  const time = document.createElement("time");
  byline.className = "who";
  time.dateTime = new Date(at).toISOString();
  time.textContent = clock.format(at);
  byline.append(name, time);
  return byline;
}

function createTick(state) {
  const { path, words } = TICKS[state];
  const tick = document.createElement("span");
  const meaning = document.createElement("span");
  tick.className = "tick";
  tick.title = words;
  meaning.className = "unseen";
  meaning.textContent = `, ${words}`;
  tick.append(createIcon(path), meaning);
  return tick;
}

function createIcon(path) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const line = document.createElementNS(namespace, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function createRetry(message, onRetry) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "retry";
  button.textContent = "Try again";
  button.addEventListener("click", () => onRetry(message));
  return button;
}
