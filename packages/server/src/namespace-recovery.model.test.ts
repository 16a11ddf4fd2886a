import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFixture, type Fixture } from "./testing/fixture.ts";
import type { RecordingSession } from "./testing/recording-session.ts";

// One client, whose connection delivers as much as it likes before it is lost: whatever happens, it receives what was
// sent to it, to the rooms that it was in at that moment and to everybody, each once and in order.

const ROOMS = ["r", "s"];

/** The client, with what it is owed and what it has received. */
class Client {
  readonly owed: number[] = [];
  readonly received: number[] = [];
  readonly rooms: Set<string> = new Set();
  #fixture: Fixture;
  #session: RecordingSession;
  #sid = "";
  #pid: string | undefined;
  #offset: string | undefined;
  /** Sent, and not yet arrived. */
  readonly #underWay: string[] = [];
  /** Arrived before the CONNECT, for which it waits. */
  readonly #early: unknown[][] = [];
  #hasJoined = false;
  #count = 0;

  constructor(fixture: Fixture) {
    this.#fixture = fixture;
    this.#session = this.#connect();
    this.receive(1);
  }

  send(choice: number): void {
    const { io } = this.#fixture;
    this.#count += 1;
    const [to, isFor] = this.#audience(choice);
    if (isFor) this.owed.push(this.#count);
    const args = choice % 2 === 0 ? [this.#count] : [this.#count, "text"];
    if (to === "me") io.to(this.#sid).emit("news", ...args);
    else if (to === "all") io.emit("news", ...args);
    else if (to === "all but r") io.except("r").emit("news", ...args);
    else io.to(to).emit("news", ...args);
    if (choice % 5 === 0) io.volatile.emit("gossip", "text");
  }

  join(room: string): void {
    if (this.#socket === undefined) return;
    this.#socket.join(room);
    this.rooms.add(room);
  }

  leave(room: string): void {
    if (this.#socket === undefined) return;
    this.#socket.leave(room);
    this.rooms.delete(room);
  }

  /** What is on its way arrives, up to a share of it. */
  receive(share: number): void {
    this.#underWay.push(...this.#session.take().map(String));
    const arriving = Math.ceil(this.#underWay.length * share);
    for (const message of this.#underWay.splice(0, arriving)) this.#take(message);
  }

  lose(share: number): void {
    this.receive(share);
    this.#session.lose("transport close");
  }

  /** On another connection; the old one may still stand, and what is under way on it is lost. */
  comeBack(): void {
    this.#underWay.length = 0;
    this.#early.length = 0;
    this.#session = this.#connect();
    if (this.#socket?.recovered !== true) throw new Error(`refused: ${this.#socket?.recoveryRefusal}`);
  }

  get #socket() {
    return this.#fixture.io.sockets.sockets.get(this.#sid);
  }

  #audience(choice: number): [string, boolean] {
    const audiences: [string, boolean][] = [
      ["all", true],
      ["me", true],
      ["r", this.rooms.has("r")],
      ["s", this.rooms.has("s")],
      ["all but r", !this.rooms.has("r")],
    ];
    return audiences[choice % audiences.length] ?? ["all", true];
  }

  #connect(): RecordingSession {
    const { clock, open } = this.#fixture;
    const session = open();
    this.#hasJoined = false;
    session.receive(`0${JSON.stringify({ pid: this.#pid, offset: this.#offset })}`);
    clock.settle();
    return session;
  }

  /** As published clients do: what comes before the CONNECT waits for it. */
  #take(message: string): void {
    if (message.startsWith("2")) this.#early.push(JSON.parse(message.slice(1)));
    else this.#join(JSON.parse(message.slice(1)));
    if (!this.#hasJoined) return;
    for (const [event, number, ...rest] of this.#early.splice(0)) {
      if (event === "news") this.received.push(Number(number));
      const last = rest.at(-1) ?? number;
      if (typeof last === "string") this.#offset = last;
    }
  }

  #join({ sid, pid }: { sid: string; pid: string }): void {
    this.#sid = sid;
    this.#pid = pid;
    this.#hasJoined = true;
  }
}

type Step = (client: Client) => void;

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.nat(99).map(
      (choice): Step =>
        (client) =>
          client.send(choice),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...ROOMS).map(
      (room): Step =>
        (client) =>
          client.join(room),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...ROOMS).map(
      (room): Step =>
        (client) =>
          client.leave(room),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map(
      (share): Step =>
        (client) =>
          client.receive(share),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map(
      (share): Step =>
        (client) =>
          client.lose(share),
    ),
  },
  { weight: 3, arbitrary: fc.constant<Step>((client) => client.comeBack()) },
);

describe("a client of a server with recovery", () => {
  it("receives everything that was meant for it, once and in order, however often it is lost", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 60 }), (list) => {
        const fixture = createFixture({ connectionStateRecovery: {} });
        const client = new Client(fixture);
        // Somebody else is in every room.
        fixture.join().socket.join(ROOMS);
        for (const step of list) step(client);
        client.comeBack();
        client.receive(1);
        expect(client.received).toEqual(client.owed);
        expect(fixture.io.sockets.sockets.size).toBe(2);
      }),
      { numRuns: 300 },
    );
  });
});
