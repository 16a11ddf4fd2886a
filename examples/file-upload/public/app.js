// The page: takes files, and draws how each of them fares.

import { io } from "/socket.io/socket.io.esm.min.js";
import { sendFile } from "./send-file.js";

const socket = io();
const find = (id) => document.getElementById(id);
/** Files are sent one after the other: this settles when the last one has fared as it may. */
let queue = Promise.resolve();

find("files").addEventListener("change", () => {
  for (const file of find("files").files) add(file);
  find("files").value = "";
});

for (const event of ["dragover", "drop"]) {
  document.addEventListener(event, (drag) => drag.preventDefault());
}
document.addEventListener("drop", ({ dataTransfer }) => {
  for (const file of dataTransfer.files) add(file);
});

for (const event of ["connect", "disconnect", "connect_error"]) socket.on(event, showState);

function add(file) {
  const row = createRow(file);
  find("uploads").prepend(row.item);
  queue = queue.then(() => upload(file, row));
}

async function upload(file, row) {
  const { item, text, progress, cancelling } = row;
  item.dataset.state = "sending";
  try {
    const { file: stored, isVerified } = await sendFile(socket, file, {
      signal: cancelling.signal,
      onProgress(received) {
        progress.value = received;
        text.textContent = `${toSize(received)} of ${toSize(file.size)}`;
      },
    });
    item.dataset.state = "done";
    text.textContent = `stored as ${stored}${isVerified ? ", checksum verified" : ""}`;
    row.button.remove();
  } catch (error) {
    item.dataset.state = "failed";
    text.textContent = cancelling.signal.aborted ? "cancelled" : `failed: ${error.message}`;
    offerAgain(file, row);
  }
  progress.hidden = true;
}

function offerAgain(file, { item, button }) {
  button.textContent = "Try again";
  button.onclick = () => {
    item.remove();
    add(file);
  };
}

function createRow(file) {
  const item = document.createElement("li");
  item.className = "card";
  item.dataset.state = "waiting";
  const name = document.createElement("p");
  name.className = "name";
  name.textContent = file.name;
  const progress = document.createElement("progress");
  progress.max = Math.max(1, file.size);
  progress.value = 0;
  progress.ariaLabel = `Progress of ${file.name}`;
  const text = document.createElement("p");
  text.className = "quiet";
  text.textContent = "waiting";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Cancel";
  button.ariaDescription = file.name;
  const cancelling = new AbortController();
  button.onclick = () => {
    cancelling.abort();
    text.textContent = "cancelling…";
  };
  item.append(name, button, progress, text);
  return { item, progress, text, button, cancelling };
}

function toSize(bytes) {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_024 * 1_024) return `${(bytes / 1_024).toFixed(0)} KiB`;
  return `${(bytes / 1_024 / 1_024).toFixed(1)} MiB`;
}

function showState() {
  find("state").textContent = socket.connected ? "connected" : "reconnecting";
  find("state").classList.toggle("connected", socket.connected);
}
