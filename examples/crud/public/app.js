// The list of tasks, kept as the server has it: read anew at each connection, then changed by what is told.

import { io } from "/socket.io/socket.io.esm.min.js";
import { createForm } from "./form.js";
import { drawTask } from "./task.js";

const ANSWER_WITHIN_MS = 5_000;

const find = (id) => document.getElementById(id);
const socket = io();
const tasks = new Map();
const form = createForm({
  async onSave(id, content) {
    put(id === undefined ? await ask("task:create", content) : await ask("task:update", { id, ...content }));
  },
});

socket.on("connect", () =>
  attempt(async () => {
    const all = await ask("task:list", {});
    tasks.clear();
    for (const task of all) tasks.set(task.id, task);
    draw();
  }),
);
socket.on("task:created", put);
socket.on("task:updated", put);
socket.on("task:deleted", remove);
for (const event of ["connect", "disconnect", "connect_error"]) socket.on(event, showState);

/** Resolves with the value of the answer; rejects with what is wrong, by field in `fields`. */
async function ask(event, input) {
  let answer;
  try {
    answer = await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, input);
  } catch {
    throw new Error("the server does not answer; try again when it is back");
  }
  if (!answer.ok) throw Object.assign(new Error(answer.error.message), { fields: answer.error.fields });
  return answer.value;
}

async function attempt(action) {
  try {
    await action();
    form.showError("");
  } catch (error) {
    form.showError(error.message);
  }
}

function put(task) {
  tasks.set(task.id, task);
  draw();
}

function remove({ id }) {
  tasks.delete(id);
  draw();
}

function draw() {
  const focused = document.activeElement?.dataset.focus;
  const items = [...tasks.values()].map((task) =>
    drawTask(task, {
      onToggle: (isDone) =>
        // Drawn again in any case: what the server refuses is not ticked.
        attempt(async () => put(await ask("task:update", { id: task.id, isDone }))).then(draw),
      onEdit: () => form.edit(task),
      onDelete: () => attempt(async () => remove(await ask("task:delete", task.id))),
    }),
  );
  find("tasks").replaceChildren(...items);
  find("none").hidden = items.length > 0;
  // Drawn anew while the keyboard was on it: it stays there.
  if (focused !== undefined) find("tasks").querySelector(`[data-focus="${focused}"]`)?.focus();
}

function showState() {
  find("state").textContent = socket.connected ? "connected" : "reconnecting";
  find("state").classList.toggle("connected", socket.connected);
}
