// The messages between each two people, and how many of them each has not read. In memory; a program that must not
// forget keeps the same few methods on a database.

import { randomUUID } from "node:crypto";

const MOST_MESSAGES = 200;

export class Conversations {
  /** By the ids of both: { ids, messages, unread: Map of reader's id → number }. */
  #all = new Map();

  add(from, to, text) {
    const { messages, unread } = this.#open(from, to);
    const message = { id: randomUUID(), from, to, text, at: Date.now() };
    messages.push(message);
    if (messages.length > MOST_MESSAGES) messages.shift();
    unread.set(to, (unread.get(to) ?? 0) + 1);
    // Who answers has read.
    unread.delete(from);
    return message;
  }

  between(one, other) {
    return this.#all.get(keyOf(one, other))?.messages ?? [];
  }

  countUnread(reader, other) {
    return this.#all.get(keyOf(reader, other))?.unread.get(reader) ?? 0;
  }

  markRead(reader, other) {
    this.#all.get(keyOf(reader, other))?.unread.delete(reader);
  }

  forget(id) {
    for (const [key, { ids }] of this.#all) {
      if (ids.includes(id)) this.#all.delete(key);
    }
  }

  #open(one, other) {
    const key = keyOf(one, other);
    const existing = this.#all.get(key);
    if (existing !== undefined) return existing;
    const conversation = { ids: [one, other], messages: [], unread: new Map() };
    this.#all.set(key, conversation);
    return conversation;
  }
}

function keyOf(one, other) {
  return [one, other].sort().join(" ");
}
