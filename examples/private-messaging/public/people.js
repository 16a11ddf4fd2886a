// The list of people: who is there, and how many of their messages are unread.

const list = document.getElementById("people");
const alone = document.getElementById("alone");

/** `onChoose(person)` is called with whom the user picks. */
export function createPeople({ onChoose }) {
  const people = new Map();
  let ownId;
  let chosenId;

  const draw = () => {
    const sorted = [...people.values()].sort(
      (a, b) => b.isOnline - a.isOnline || a.name.localeCompare(b.name),
    );
    const focusedId = document.activeElement?.dataset?.id;
    list.replaceChildren(...sorted.map(drawPerson));
    alone.hidden = sorted.length > 0;
    // Drawn anew while the keyboard was on it: it stays there.
    if (focusedId !== undefined) list.querySelector(`[data-id="${focusedId}"]`)?.focus();
  };

  const drawPerson = (person) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.id = person.id;
    button.classList.toggle("online", person.isOnline);
    if (person.id === chosenId) button.setAttribute("aria-current", "true");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = person.name;
    const presence = document.createElement("span");
    presence.className = "quiet";
    presence.textContent = person.isOnline ? "online" : "offline";
    button.append(name, " ", presence);
    if (person.unread > 0) {
      const badge = document.createElement("span");
      badge.className = "badge";
      badge.textContent = `${person.unread} new`;
      button.append(" ", badge);
    }
    button.addEventListener("click", () => {
      chosenId = person.id;
      draw();
      onChoose(people.get(person.id));
    });
    item.append(button);
    return item;
  };

  const change = (id, changes) => {
    const person = people.get(id);
    if (person === undefined) return;
    people.set(id, { ...person, ...changes });
    draw();
  };

  return {
    get: (id) => people.get(id),
    reset(id, others) {
      ownId = id;
      people.clear();
      for (const person of others) people.set(person.id, person);
      draw();
    },
    put(person) {
      if (person.id === ownId) return;
      people.set(person.id, { unread: 0, ...people.get(person.id), ...person });
      draw();
    },
    remove(id) {
      people.delete(id);
      draw();
    },
    release() {
      const id = chosenId;
      chosenId = undefined;
      draw();
      list.querySelector(`[data-id="${id}"]`)?.focus();
    },
    markRead: (id) => change(id, { unread: 0 }),
    countUnread: (id) => change(id, { unread: (people.get(id)?.unread ?? 0) + 1 }),
  };
}
