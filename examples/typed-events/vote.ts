// Where do we eat? Each name has one vote, which may change.

import type { DefaultEventsMap, Server } from "@tautline/server";
import {
  type Answer,
  type ClientToServer,
  isPlace,
  type Place,
  type ServerToClient,
  type Tally,
} from "./events.ts";

/** What the server keeps on each socket. */
export interface SocketData {
  name: string;
}

export type VoteServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;

const LONGEST_NAME = 30;
const MOST_VOTERS = 500;
const LOOKERS_WITHIN_MS = 1_000;

export function serveVote(io: VoteServer): void {
  const votes = new Map<string, Place>();

  io.use((socket, next) => {
    const name = readName(socket.handshake.auth.name);
    if (name === undefined) return next(new Error(`a name has 1 to ${LONGEST_NAME} characters`));
    socket.data.name = name;
    next();
  });

  io.on("connection", (socket) => {
    const { name } = socket.data;
    socket.emit("tally", countVotes(votes));

    // What the parameters are typed as is a promise of the compiler; a client may send anything.

    socket.on("vote", (place, done) => {
      if (typeof done !== "function") return;
      if (!isPlace(place)) return done(refuse("UNKNOWN_PLACE", "there is no such place to eat"));
      if (!votes.has(name) && votes.size >= MOST_VOTERS) return done(refuse("FULL", "too many voters"));
      votes.set(name, place);
      const tally = countVotes(votes);
      socket.broadcast.emit("tally", tally);
      done({ ok: true, value: tally });
    });

    socket.on("countLookers", (done) => {
      if (typeof done !== "function") return;
      // A page that does not answer in time does not look; `answers` has those that came.
      io.timeout(LOOKERS_WITHIN_MS).emit("areYouLooking", (_error, answers) => {
        done({ ok: true, value: answers.filter((isLooking) => isLooking === true).length });
      });
    });
  });
}

function countVotes(votes: ReadonlyMap<string, Place>): Tally {
  const voters = (place: Place) => [...votes].filter(([, vote]) => vote === place).map(([name]) => name);
  return { noodles: voters("noodles"), pizza: voters("pizza"), salad: voters("salad") };
}

function readName(input: unknown): string | undefined {
  const name = typeof input === "string" ? input.trim() : "";
  return name === "" || name.length > LONGEST_NAME ? undefined : name;
}

function refuse(code: "UNKNOWN_PLACE" | "FULL", message: string): Answer<never> {
  return { ok: false, code, message };
}
