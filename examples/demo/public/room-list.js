// The rooms of this tab and who is in the one shown.

const rooms = document.querySelector("#rooms");
const people = document.querySelector("#people");
const peopleCount = document.querySelector("#people-count");
const presence = document.querySelector("#presence");
const title = document.querySelector("#room-title");

/** Draws the list; `onChoose` is called with the name of the room that the user picks. */
export function showRooms(names, { current, unread, onChoose }) {
  const focused = document.activeElement?.closest("#rooms button")?.dataset.room;
  rooms.replaceChildren(
    ...names.map((name) => createRoom(name, name === current, unread.get(name) ?? 0, onChoose)),
  );
  title.textContent = current;
  if (focused === undefined) return;
  for (const button of rooms.querySelectorAll("button")) {
    if (button.dataset.room === focused) button.focus();
  }
}

export function showPeople(members, ownId) {
  const sorted = [...members].sort((a, b) => Number(b.id === ownId) - Number(a.id === ownId));
  people.replaceChildren(...sorted.map((member) => createPerson(member, member.id === ownId)));
  peopleCount.textContent = String(members.length);
  presence.textContent = describePresence(sorted);
}

/** In words, for a phone has no room for the list. The reader comes first in `members`. */
function describePresence(members) {
  if (members.length === 0) return "";
  if (members.length === 1) return "You alone";
  return members.length === 2 ? `You and ${members[1].name}` : `You and ${members.length - 1} others`;
}

/** A disc with the first letters of a name, in a colour that the name decides. */
export function createAvatar(name) {
  const avatar = document.createElement("span");
  avatar.className = "avatar";
  avatar.setAttribute("aria-hidden", "true");
  const words = name.split(/\s+/);
  avatar.textContent = words
    .map((word) => [...word][0] ?? "")
    .join("")
    .slice(0, 2)
    .toUpperCase();
  const hue = [...name].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 7);
  avatar.style.setProperty("--hue", String(hue));
  return avatar;
}

function createRoom(name, isCurrent, unread, onChoose) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const hash = document.createElement("span");
  hash.className = "hash";
  hash.textContent = "#";
  hash.setAttribute("aria-hidden", "true");
  button.type = "button";
  button.dataset.room = name;
  button.append(hash, name);
  if (isCurrent) button.setAttribute("aria-current", "true");
  if (unread > 0) button.append(createBadge(unread));
  button.addEventListener("click", () => onChoose(name));
  item.append(button);
  return item;
}

function createBadge(unread) {
  const badge = document.createElement("span");
  const meaning = document.createElement("span");
  badge.className = "badge";
  meaning.className = "unseen";
  meaning.textContent = " unread";
  badge.append(String(unread), meaning);
  return badge;
}

function createPerson({ name }, isSelf) {
  const item = document.createElement("li");
  item.append(createAvatar(name), isSelf ? `${name} (you)` : name);
  return item;
}
