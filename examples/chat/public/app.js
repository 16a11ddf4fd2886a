// `io` is what /socket.io/socket.io.js defines. A reconnection is the library's job: the page shows its state, and
// takes the history anew, so that nothing that was said meanwhile is missing.

const socket = io({ autoConnect: false });
const find = (id) => document.getElementById(id);

find("name-form").addEventListener("submit", (event) => {
  event.preventDefault();
  socket.auth = { name: find("name").value };
  socket.connect();
});

find("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = find("text").value;
  if (text.trim() === "") return;
  find("text").value = "";
  // Without a connection the message waits, and is sent when there is one again.
  socket.emit("say", text, ({ error }) => {
    find("error").textContent = error ?? "";
    if (error !== undefined && find("text").value === "") find("text").value = text;
  });
});

socket.on("connect", () => {
  find("entrance").hidden = true;
  find("chat").hidden = false;
  find("text").focus();
});

socket.on("connect_error", (error) => {
  // Without `active` the server has refused; otherwise the socket tries again by itself.
  find("name-error").textContent = socket.active
    ? "The server cannot be reached; trying again."
    : error.message;
});

socket.on("history", (messages) => {
  find("log").replaceChildren(...messages.map(drawMessage));
  scrollToEnd();
});

socket.on("message", (message) => {
  find("log").append(drawMessage(message));
  scrollToEnd();
});

socket.on("people", (names) => {
  find("people").textContent = names.length === 1 ? "only you are here" : `${names.length} people are here`;
  find("people").title = names.join(", ");
});

for (const event of ["connect", "disconnect", "connect_error"]) socket.on(event, showState);

function showState() {
  const text = socket.connected ? "connected" : socket.active ? "reconnecting" : "not connected";
  find("state").textContent = text;
  find("state").classList.toggle("connected", socket.connected);
  find("state").hidden = find("chat").hidden;
}

function drawMessage({ name, text, at }) {
  const item = document.createElement("li");
  item.classList.toggle("mine", name === socket.auth.name.trim());
  const head = document.createElement("p");
  head.className = "quiet";
  const time = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  head.append(name, " ", time);
  const body = document.createElement("p");
  // textContent: what others write is never HTML.
  body.textContent = text;
  item.append(head, body);
  return item;
}

function scrollToEnd() {
  find("log").scrollTop = find("log").scrollHeight;
}
