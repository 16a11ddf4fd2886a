import fc from "fast-check";
import { expect, it } from "vitest";
import type { Namespace } from "./namespace.ts";
import type { Socket } from "./socket.ts";
import { createFixture, type Fixture } from "./testing/fixture.ts";
import type { RecordingSession } from "./testing/recording-session.ts";

// Any sequence of joining, leaving, moving and disconnecting, compared step by step with a plain model of who is where.
// `/t…` come from a pattern and go with their last socket.

const SESSIONS = 3;
const NAMESPACES = ["/", "/a", "/t1", "/t2"] as const;
const ROOMS = ["r1", "r2", "__proto__"] as const;

type Rooms = Set<string>;
/** Of one session: the joined namespaces, each with the rooms that its socket is in besides its own. */
type Joined = Map<string, Rooms>;

interface Model {
  /** `undefined` once the session has ended. */
  readonly sessions: (Joined | undefined)[];
}

interface Real {
  readonly fixture: Fixture;
  readonly sessions: RecordingSession[];
  /** The sockets of each session, by namespace. */
  readonly sockets: Map<RecordingSession, Map<string, Socket>>;
}

type Step = (model: Model, real: Real) => void;

class Command implements fc.Command<Model, Real> {
  readonly #name: string;
  readonly #step: Step;

  constructor(name: string, step: Step) {
    this.#name = name;
    this.#step = step;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    this.#step(model, real);
    real.fixture.clock.settle();
    compare(model, real);
  }

  toString(): string {
    return this.#name;
  }
}

function compare(model: Model, { fixture, sessions, sockets }: Real): void {
  for (const nsp of NAMESPACES) {
    const members = new Map<string, Rooms>();
    model.sessions.forEach((joined, index) => {
      const rooms = joined?.get(nsp);
      const session = sessions[index];
      const socket = session && sockets.get(session)?.get(nsp);
      if (rooms && socket) members.set(socket.id, new Set([socket.id, ...rooms]));
      else if (socket) expect(socket.connected).toBe(false);
    });
    const real = fixture.io.namespaces.get(nsp);
    if (real === undefined) {
      expect(members.size).toBe(0);
      continue;
    }
    expect(nsp.startsWith("/t") && members.size === 0).toBe(false);
    expect(new Set(real.sockets.keys())).toEqual(new Set(members.keys()));
    expect(real.adapter.sids).toEqual(members);
    expect(real.adapter.rooms).toEqual(invert(members));
    expect(real.joining.size).toBe(0);
  }
  expect(fixture.reported).toEqual([]);
}

function invert(members: ReadonlyMap<string, Rooms>): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const [id, joined] of members) {
    for (const room of joined) rooms.set(room, (rooms.get(room) ?? new Set()).add(id));
  }
  return rooms;
}

const session = fc.nat({ max: SESSIONS - 1 });
const nsp = fc.constantFrom(...NAMESPACES);
const room = fc.constantFrom(...ROOMS);
const prefix = (name: string): string => (name === "/" ? "" : `${name},`);

/** A step on one socket that is joined; nothing otherwise. */
function onSocket(step: (socket: Socket, rooms: Rooms, joined: Joined, session: RecordingSession) => void) {
  return (index: number, name: string): Step =>
    (model, real) => {
      const joined = model.sessions[index];
      const rooms = joined?.get(name);
      const from = real.sessions[index];
      const socket = from && real.sockets.get(from)?.get(name);
      if (joined && rooms && socket) step(socket, rooms, joined, from);
    };
}

/** A step on every socket of a namespace that is in a room. */
function onRoom(
  step: (target: Namespace, room: string) => void,
  change: (joined: Joined, name: string) => void,
) {
  return (name: string, chosen: string): Step =>
    (model, real) => {
      const target = real.fixture.io.namespaces.get(name);
      if (target === undefined) return;
      const affected = model.sessions.filter((joined) => joined?.get(name)?.has(chosen));
      step(target, chosen);
      for (const joined of affected) if (joined) change(joined, name);
    };
}

const openSession: Step = (model, { fixture, sessions, sockets }) => {
  const opened = fixture.open();
  sockets.set(opened, new Map());
  sessions.push(opened);
  model.sessions.push(new Map());
};
const connectTo =
  (index: number, name: string): Step =>
  (model, { fixture, sessions, sockets }) => {
    const joined = model.sessions[index];
    const from = sessions[index];
    // A second CONNECT would close the session, which `lose` does.
    if (joined === undefined || from === undefined || joined.has(name)) return;
    const onConnection = (socket: Socket): void => {
      if (socket.conn === from && socket.nsp.name === name) sockets.get(from)?.set(name, socket);
    };
    listeners.get(fixture)?.add(onConnection);
    from.receive(`0${prefix(name)}`);
    fixture.clock.settle();
    listeners.get(fixture)?.delete(onConnection);
    joined.set(name, new Set());
  };
const replace = session.map(
  (index) =>
    new Command(`replace ${index}`, (model, real) => {
      const lost = real.sessions[index];
      if (lost === undefined) return;
      lost.lose("transport close");
      openSession(model, real);
      const opened = real.sessions.pop();
      const joined = model.sessions.pop();
      if (opened) real.sessions[index] = opened;
      model.sessions[index] = joined;
    }),
);
const lose = session.map(
  (index) =>
    new Command(`lose ${index}`, (model, { sessions }) => {
      sessions[index]?.lose("transport close");
      if (index < model.sessions.length) model.sessions[index] = undefined;
    }),
);
const leave = onSocket((socket, _, joined, from) => {
  from.receive(`1${prefix(socket.nsp.name)}`);
  joined.delete(socket.nsp.name);
});
const disconnect = onSocket((socket, _, joined) => {
  socket.disconnect();
  joined.delete(socket.nsp.name);
});
const joinRoom = (chosen: string) =>
  onSocket((socket, rooms) => {
    socket.join(chosen);
    rooms.add(chosen);
  });
const leaveRoom = (chosen: string) =>
  onSocket((socket, rooms) => {
    socket.leave(chosen);
    rooms.delete(chosen);
  });
const joinLate = (chosen: string) =>
  onSocket((socket, _, joined) => {
    socket.disconnect();
    socket.join(chosen);
    joined.delete(socket.nsp.name);
  });
const disconnectAll: (index: number, name: string) => Step = onSocket((socket, _, joined) => {
  socket.disconnect(true);
  joined.clear();
});

const named = (name: string, make: (index: number, on: string) => Step) =>
  fc.tuple(session, nsp).map(([index, on]) => new Command(`${name} ${index}${on}`, make(index, on)));
const inRoom = (name: string, make: (chosen: string) => (index: number, on: string) => Step) =>
  fc
    .tuple(session, nsp, room)
    .map(([index, on, chosen]) => new Command(`${name} ${chosen} ${index}${on}`, make(chosen)(index, on)));
const ofRoom = (name: string, make: (on: string, chosen: string) => Step) =>
  fc.tuple(nsp, room).map(([on, chosen]) => new Command(`${name} ${on} ${chosen}`, make(on, chosen)));

const commands = [
  replace,
  lose,
  named("connect", connectTo),
  named("connect", connectTo),
  named("leave", leave),
  named("disconnect", disconnect),
  named("disconnect session of", (index, name) => (model, real) => {
    const isJoined = model.sessions[index]?.has(name);
    disconnectAll(index, name)(model, real);
    if (isJoined) model.sessions[index] = undefined;
  }),
  inRoom("join", joinRoom),
  inRoom("join", joinRoom),
  inRoom("leave", leaveRoom),
  inRoom("disconnect, then join", joinLate),
  ofRoom(
    "socketsJoin r2 for",
    onRoom(
      (target, chosen) => target.in(chosen).socketsJoin("r2"),
      (joined, name) => joined.get(name)?.add("r2"),
    ),
  ),
  ofRoom("socketsLeave", (name, chosen) =>
    onRoom(
      (target) => target.in(chosen).socketsLeave(chosen),
      (joined) => joined.get(name)?.delete(chosen),
    )(name, chosen),
  ),
  ofRoom(
    "disconnectSockets",
    onRoom(
      (target, chosen) => target.in(chosen).disconnectSockets(),
      (joined, name) => joined.delete(name),
    ),
  ),
  ofRoom("broadcast to", (name, chosen) => (model, { fixture, sessions }) => {
    for (const one of sessions) one.take();
    fixture.io.namespaces.get(name)?.to(chosen).emit("x");
    sessions.forEach((one, index) => {
      const isReceiver = model.sessions[index]?.get(name)?.has(chosen) === true;
      expect(one.take()).toEqual(isReceiver ? [`2${prefix(name)}["x"]`] : []);
    });
  }),
];

const listeners = new WeakMap<Fixture, Set<(socket: Socket) => void>>();

function create(): { model: Model; real: Real } {
  const fixture = createFixture({ cleanupEmptyChildNamespaces: true });
  const watching = new Set<(socket: Socket) => void>();
  listeners.set(fixture, watching);
  const onConnection = (socket: Socket): void => {
    for (const listener of watching) listener(socket);
  };
  for (const name of ["/", "/a", /^\/t[12]$/]) fixture.io.of(name).on("connection", onConnection);
  const model: Model = { sessions: [] };
  const real: Real = { fixture, sessions: [], sockets: new Map() };
  for (let index = 0; index < SESSIONS; index += 1) {
    openSession(model, real);
    for (const name of NAMESPACES) connectTo(index, name)(model, real);
  }
  return { model, real };
}

it("keeps sockets, rooms and namespaces as a plain model has them, whatever happens in whichever order", () => {
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 60, size: "max" }), (sequence) => {
      fc.modelRun(create, sequence);
    }),
    { numRuns: 150 },
  );
});
