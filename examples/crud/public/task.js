// One task of the list.

export function drawTask(task, { onToggle, onEdit, onDelete }) {
  const item = document.createElement("li");
  item.className = "card";
  item.classList.toggle("done", task.isDone);

  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = task.isDone;
  box.ariaLabel = `${task.title} is done`;
  box.dataset.focus = `${task.id} done`;
  box.addEventListener("change", () => onToggle(box.checked));

  const text = document.createElement("div");
  text.className = "text";
  text.append(createText("title", task.title));
  const facts = [task.due && `due ${task.due}`, task.priority !== "normal" && `${task.priority} priority`];
  const told = facts.filter(Boolean).join(", ");
  if (told !== "") text.append(createText("quiet", told));
  if (task.notes !== "") text.append(createText("quiet notes", task.notes));

  item.append(box, text, createButton("Edit", task, onEdit), createButton("Delete", task, onDelete));
  return item;
}

function createText(className, content) {
  const paragraph = document.createElement("p");
  paragraph.className = className;
  paragraph.textContent = content;
  return paragraph;
}

function createButton(label, task, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.ariaLabel = `${label} ${task.title}`;
  button.dataset.focus = `${task.id} ${label}`;
  button.addEventListener("click", onClick);
  return button;
}
