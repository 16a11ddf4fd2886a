// What the compiler refuses. Checked by `npm run check -- types`: a line that compiles after all is an error there.

import type { Socket } from "@tautline/client";
import type { Answer, ClientToServer, ServerToClient, Tally } from "./events.ts";
import type { VoteServer } from "./vote.ts";

export function onThePage(socket: Socket<ServerToClient, ClientToServer>): void {
  const answer: Promise<Answer<Tally>> = socket.emitWithAck("vote", "pizza");
  answer.then((one) => (one.ok ? one.value.pizza : one.code));
  // @ts-expect-error: the place is misspelt
  socket.emitWithAck("vote", "pizzza");
  // @ts-expect-error: no such event
  socket.emit("elect", "pizza");
  // @ts-expect-error: this event comes from the server
  socket.emit("tally", { noodles: [], pizza: [], salad: [] });
  // @ts-expect-error: a value is there only when the answer is ok
  answer.then((one) => one.value);
  // @ts-expect-error: the server wants to know yes or no
  socket.on("areYouLooking", (done) => done("perhaps"));
}

export function onTheServer(io: VoteServer): void {
  // @ts-expect-error: a tally has every place
  io.emit("tally", { pizza: ["Ann"] });
  io.on("connection", (socket) => {
    const name: string = socket.data.name;
    // @ts-expect-error: the data of a socket has no age
    socket.data.age = name.length;
    // @ts-expect-error: an answer that is not ok says why
    socket.on("vote", (_place, done) => done({ ok: false }));
  });
}
