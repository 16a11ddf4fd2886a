// The form that adds a task, or changes one. The server says what is wrong with which field.

const find = (id) => document.getElementById(id);
const form = find("form");
const fields = ["title", "due", "priority", "notes"].map((name) => form.elements.namedItem(name));

/** `onSave(id, content)` stores; without an id it is a new task. It rejects with what is wrong. */
export function createForm({ onSave }) {
  let editedId;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    find("save").disabled = true;
    try {
      await onSave(editedId, read());
      edit(undefined);
    } catch (error) {
      show(error.message, error.fields);
    }
    find("save").disabled = false;
    (fields.find(({ ariaInvalid }) => ariaInvalid === "true") ?? fields[0]).focus();
  });

  find("cancel").addEventListener("click", () => edit(undefined));

  function edit(task) {
    editedId = task?.id;
    form.reset();
    for (const field of fields) if (task !== undefined) field.value = task[field.name] ?? "";
    show("");
    find("form-title").textContent = task === undefined ? "Add a task" : "Change the task";
    find("save").textContent = task === undefined ? "Add" : "Save";
    find("cancel").hidden = task === undefined;
    fields[0].focus();
  }

  return { edit, showError: show };
}

function read() {
  const content = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  return { ...content, due: content.due === "" ? null : content.due };
}

function show(message, complaints = {}) {
  find("error").textContent = message;
  for (const field of fields) {
    const complaint = complaints[field.name] ?? "";
    find(`${field.name}-error`).textContent = complaint;
    field.ariaInvalid = String(complaint !== "");
  }
}
