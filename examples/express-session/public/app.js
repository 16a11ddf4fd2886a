// Logs in by HTTP, then connects: the browser sends the session's cookie with both.

import { io } from "/socket.io/socket.io.esm.min.js";

const ANSWER_WITHIN_MS = 5_000;

const find = (id) => document.getElementById(id);
const socket = io({ autoConnect: false });

const response = await fetch("/me");
if (response.ok) enter(await response.json());
else leave("");

find("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    enter(await post("/login", { name: find("name").value }));
  } catch (error) {
    find("login-error").textContent = error.message;
  }
});

find("press-http").addEventListener("click", () => attempt(() => post("/press")));

find("press-socket").addEventListener("click", () =>
  attempt(async () => {
    const { error } = await socket.timeout(ANSWER_WITHIN_MS).emitWithAck("press");
    if (error !== undefined) throw new Error(error);
  }),
);

find("logout").addEventListener("click", () =>
  attempt(async () => {
    await post("/logout");
    leave("You have logged out.");
  }),
);

socket.on("presses", (presses) => {
  find("presses").textContent = presses;
});

// The server disconnects whoever has logged out, in another tab, say. A lost connection comes back by itself.
socket.on("disconnect", () => {
  if (!socket.active) leave("You have been logged out.");
});
socket.on("connect_error", () => {
  if (!socket.active) leave("Your session has ended.");
});
for (const event of ["connect", "disconnect", "connect_error"]) socket.on(event, showState);

function enter({ name, presses }) {
  find("who").textContent = name;
  find("presses").textContent = presses;
  find("entrance").hidden = true;
  find("account").hidden = false;
  socket.connect();
  showState();
}

function leave(reason) {
  // No `disconnect` event follows: what it would tell is told here.
  socket.disconnect();
  find("login-error").textContent = reason;
  find("entrance").hidden = false;
  find("account").hidden = true;
  find("name").focus();
  showState();
}

async function attempt(action) {
  find("error").textContent = "";
  try {
    await action();
  } catch (error) {
    find("error").textContent = `That did not work: ${error.message}.`;
  }
}

/** Posts JSON and resolves with what is answered; rejects with what is wrong. */
async function post(path, body = {}) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function showState() {
  find("state").textContent = socket.connected ? "connected" : "reconnecting";
  find("state").classList.toggle("connected", socket.connected);
  find("state").hidden = !socket.active;
}
