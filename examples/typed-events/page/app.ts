// The page of the vote. The types of `socket` come from the event map that the server uses, too.

import { io, type Socket } from "@tautline/client";
import {
  type Answer,
  type ClientToServer,
  type Place,
  places,
  type ServerToClient,
  type Tally,
} from "../events.ts";

const ANSWER_WITHIN_MS = 3_000;

const socket: Socket<ServerToClient, ClientToServer> = io({ autoConnect: false });

const entrance = find("entrance", HTMLElement);
const nameForm = find("name-form", HTMLFormElement);
const nameInput = find("name", HTMLInputElement);
const nameError = find("name-error", HTMLElement);
const vote = find("vote", HTMLElement);
const voteError = find("vote-error", HTMLElement);
const lookers = find("lookers", HTMLElement);
const state = find("state", HTMLElement);

const rows = new Map(places.map((place) => [place, createRow(place)]));
find("places", HTMLElement).append(...[...rows.values()].map(({ item }) => item));

nameForm.addEventListener("submit", (event) => {
  event.preventDefault();
  socket.auth = { name: nameInput.value };
  socket.disconnect().connect();
});

find("count-lookers", HTMLButtonElement).addEventListener("click", async () => {
  const count = await take(() => socket.timeout(ANSWER_WITHIN_MS).emitWithAck("countLookers"));
  if (count !== undefined) lookers.textContent = count === 1 ? "1 person looks" : `${count} people look`;
});

socket.on("tally", draw);
socket.on("areYouLooking", (done) => done(!document.hidden));
socket.on("connect", () => {
  entrance.hidden = true;
  vote.hidden = false;
  showState();
});
socket.on("disconnect", showState);
socket.on("connect_error", (error) => {
  // Without `active` the server has refused; otherwise the socket tries again by itself.
  nameError.textContent = socket.active ? "The server cannot be reached; trying again." : error.message;
  showState();
});

/** The value of the answer; shows why there is none. */
async function take<Value>(ask: () => Promise<Answer<Value>>): Promise<Value | undefined> {
  try {
    const answer = await ask();
    voteError.textContent = answer.ok ? "" : answer.message;
    return answer.ok ? answer.value : undefined;
  } catch {
    voteError.textContent = `The server has not answered within ${ANSWER_WITHIN_MS / 1_000} seconds.`;
    return undefined;
  }
}

function draw(tally: Tally): void {
  const most = Math.max(1, ...places.map((place) => tally[place].length));
  for (const [place, { meter, voters }] of rows) {
    const names = tally[place];
    meter.max = most;
    meter.value = names.length;
    voters.textContent = names.length === 0 ? "nobody yet" : `${names.length}: ${names.join(", ")}`;
  }
}

function createRow(place: Place) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = place;
  button.addEventListener("click", async () => {
    const tally = await take(() => socket.timeout(ANSWER_WITHIN_MS).emitWithAck("vote", place));
    if (tally !== undefined) draw(tally);
  });
  const meter = document.createElement("progress");
  meter.ariaLabel = `votes for ${place}`;
  const voters = document.createElement("p");
  voters.className = "quiet";
  item.append(button, meter, voters);
  return { item, meter, voters };
}

function showState(): void {
  state.textContent = socket.connected ? "connected" : socket.active ? "reconnecting" : "not connected";
  state.classList.toggle("connected", socket.connected);
  state.hidden = vote.hidden;
}

function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${kind.name} "${id}"`);
}
