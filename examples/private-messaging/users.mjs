// Who there is. A user's id is public; the session id is the secret by which a browser comes back as that user.

import { randomUUID } from "node:crypto";
import { InputError } from "./input.mjs";

const MOST_USERS = 1_000;

export class Users {
  #byId = new Map();
  #bySession = new Map();

  create(name) {
    if (this.#byId.size >= MOST_USERS) throw new InputError("FULL", "there is no room for more people");
    const isTaken = [...this.#byId.values()].some((user) => user.name.toLowerCase() === name.toLowerCase());
    if (isTaken) throw new InputError("NAME_TAKEN", `somebody else is called ${name}`);
    const user = { id: randomUUID(), sessionId: randomUUID(), name };
    this.#byId.set(user.id, user);
    this.#bySession.set(user.sessionId, user);
    return user;
  }

  find(id) {
    return this.#byId.get(id);
  }

  findBySession(sessionId) {
    return this.#bySession.get(sessionId);
  }

  has(id) {
    return this.#byId.has(id);
  }

  others(id) {
    return [...this.#byId.values()].filter((user) => user.id !== id);
  }

  remove(user) {
    this.#byId.delete(user.id);
    this.#bySession.delete(user.sessionId);
  }
}
