// The conversation on screen.

const find = (id) => document.getElementById(id);
const section = find("conversation");

/** `ask(event, input)` reaches the server; `onRead(id)` tells that the conversation with that person has been seen. */
export function createConversation({ ask, onRead, onBack }) {
  let ownId;
  let person;
  /** The messages on screen, by id. */
  const shown = new Map();

  find("back").addEventListener("click", () => {
    close();
    onBack();
  });

  find("composer").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = find("text").value;
    if (text.trim() === "") return;
    find("text").value = "";
    const to = person.id;
    try {
      const { message } = await ask("send", { to, text });
      add(message);
      showError("");
    } catch (error) {
      showError(`Not sent: ${error.message}.`);
      if (find("text").value === "" && person?.id === to) find("text").value = text;
    }
  });

  document.addEventListener("visibilitychange", markRead);

  async function load() {
    const { id } = person;
    try {
      const { messages } = await ask("conversation", id);
      if (person?.id !== id) return;
      shown.clear();
      find("log").replaceChildren();
      for (const message of messages) append(message);
      markRead();
    } catch (error) {
      showError(`The messages cannot be shown: ${error.message}.`);
    }
  }

  /** Shows the message if it belongs here, and returns whether it does. */
  function add(message) {
    if (message.from !== person?.id && message.to !== person?.id) return false;
    append(message);
    if (message.from === person.id) markRead();
    return true;
  }

  function append(message) {
    if (shown.has(message.id)) return;
    shown.set(message.id, message);
    const item = document.createElement("li");
    item.classList.toggle("mine", message.from === ownId);
    const body = document.createElement("p");
    body.textContent = message.text;
    const time = document.createElement("p");
    time.className = "quiet";
    time.textContent = new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    item.append(body, time);
    find("log").append(item);
    find("log").scrollTop = find("log").scrollHeight;
  }

  function markRead() {
    if (person === undefined || document.hidden) return;
    onRead(person.id);
    // Lost with the connection: the messages are marked again when it is back and they are loaded.
    ask("read", person.id).catch(() => {});
  }

  function draw(changed) {
    if (changed === undefined || changed.id !== person?.id) return;
    person = changed;
    find("with").textContent = changed.isOnline ? changed.name : `${changed.name} (offline)`;
  }

  function close() {
    person = undefined;
    section.hidden = true;
    shown.clear();
    find("log").replaceChildren();
    showError("");
  }

  return {
    add,
    draw,
    close,
    closeWith(id) {
      if (person?.id === id) close();
    },
    open(chosen) {
      close();
      person = chosen;
      section.hidden = false;
      draw(chosen);
      load();
    },
    /** After each connection: what was said meanwhile is loaded. */
    reset(id) {
      ownId = id;
      if (person !== undefined) load();
    },
  };
}

function showError(text) {
  find("error").textContent = text;
}
