// Signing in, and what the server tells. The session id in the browser's storage makes a reload the same user, and
// all tabs of the browser one user.

import { io } from "/socket.io/socket.io.esm.min.js";
import { createConversation } from "./conversation.js";
import { createPeople } from "./people.js";

const STORED = "private-messaging.session";
const ANSWER_WITHIN_MS = 10_000;

const find = (id) => document.getElementById(id);
const socket = io({ autoConnect: false });
const people = createPeople({ onChoose: choose });
const conversation = createConversation({ ask, onRead: people.markRead, onBack: people.release });

const stored = localStorage.getItem(STORED);
if (stored !== null) signIn({ sessionId: stored });
showState();

find("name-form").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn({ name: find("name").value });
});

find("leave").addEventListener("click", () =>
  ask("leave").then(
    () => signOut(""),
    () => signOut("You are signed out here; the server could not be told."),
  ),
);

socket.on("welcome", ({ you, sessionId, people: others }) => {
  localStorage.setItem(STORED, sessionId);
  socket.auth = { sessionId };
  show({ isSignedIn: true });
  find("title").textContent = you.name;
  people.reset(you.id, others);
  conversation.reset(you.id);
});

socket.on("person", (person) => {
  people.put(person);
  conversation.draw(people.get(person.id));
});
socket.on("gone", (id) => {
  people.remove(id);
  conversation.closeWith(id);
});
socket.on("read", people.markRead);
socket.on("message", (message) => {
  if (!conversation.add(message)) people.countUnread(message.from);
});

socket.on("connect_error", (error) => {
  // Without `active` the server has refused; otherwise the socket tries again by itself.
  if (socket.active) find("name-error").textContent = "The server cannot be reached; trying again.";
  else signOut(error.data?.code === "UNKNOWN_SESSION" ? "Please sign in again." : error.message);
});
socket.on("disconnect", () => {
  if (!socket.active) signOut("You have been signed out.");
});
for (const event of ["connect", "disconnect", "connect_error"]) socket.on(event, showState);

function signIn(auth) {
  socket.auth = auth;
  socket.disconnect().connect();
}

function signOut(reason) {
  localStorage.removeItem(STORED);
  socket.disconnect();
  conversation.close();
  find("title").textContent = "Messages";
  find("name-error").textContent = reason;
  show({ isSignedIn: false });
  showState();
  find("name").focus();
}

function choose(person) {
  conversation.open(person);
  find("text").focus();
}

/** Resolves with the answer; rejects if it says what is wrong or does not come. */
async function ask(event, input) {
  const answer = await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, input);
  if (answer.error !== undefined) throw new Error(answer.error.message);
  return answer;
}

function show({ isSignedIn }) {
  find("entrance").hidden = isSignedIn;
  find("desk").hidden = !isSignedIn;
  find("leave").hidden = !isSignedIn;
}

function showState() {
  const text = socket.connected ? "connected" : socket.active ? "reconnecting" : "";
  find("state").textContent = text;
  find("state").hidden = text === "";
  find("state").classList.toggle("connected", socket.connected);
}
