// Typing notices: sent while the user writes, shown while others do.

const IDLE_MS = 3_000;
const REPEAT_MS = 2_000;
/** A notice that is not repeated within this time is taken back: its sender may be gone. */
const FORGET_MS = 6_000;

const line = document.querySelector("#typing");

/** Tells by `send(isTyping)` when the user begins and stops. */
export function createTypingNotices(send) {
  let idle;
  let toldAt = Number.NEGATIVE_INFINITY;
  const stop = () => {
    clearTimeout(idle);
    if (toldAt === Number.NEGATIVE_INFINITY) return;
    toldAt = Number.NEGATIVE_INFINITY;
    send(false);
  };
  return {
    stop,
    onInput(isEmpty) {
      if (isEmpty) return stop();
      clearTimeout(idle);
      idle = setTimeout(stop, IDLE_MS);
      if (performance.now() - toldAt < REPEAT_MS) return;
      toldAt = performance.now();
      send(true);
    },
  };
}

/** Shows who types in the room on screen. */
export function createTypingLine() {
  const typists = new Map();
  const draw = () => {
    const names = [...typists.values()].map(({ name }) => name);
    if (names.length === 0) line.textContent = "";
    else if (names.length === 1) line.textContent = `${names[0]} is typing…`;
    else if (names.length === 2) line.textContent = `${names[0]} and ${names[1]} are typing…`;
    else line.textContent = `${names.length} people are typing…`;
  };
  const remove = (id) => {
    clearTimeout(typists.get(id)?.timer);
    if (typists.delete(id)) draw();
  };
  return {
    remove,
    add({ id, name }) {
      clearTimeout(typists.get(id)?.timer);
      typists.set(id, { name, timer: setTimeout(() => remove(id), FORGET_MS) });
      draw();
    },
    clear() {
      for (const id of [...typists.keys()]) remove(id);
    },
  };
}
