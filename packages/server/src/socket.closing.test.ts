import { describe, expect, it } from "vitest";
import type { Namespace } from "./namespace.ts";
import { linkOf } from "./session-link.ts";
import type { Socket } from "./socket.ts";
import { createFixture, type Fixture } from "./testing/fixture.ts";
import type { RecordingSession } from "./testing/recording-session.ts";

// A client that goes, or is sent away, at every moment of its life: it leaves once and nothing of it stays.

/** Calls `leave` at one moment in the life of the first socket of `/room…`, or of its session. */
type Moment = (fixture: Fixture, nsp: Namespace, leave: (socket?: Socket) => void) => void;

const moments: Record<string, Moment> = {
  "in the matcher of the namespace": ({ io }, _, leave) => {
    io.of((_name, _auth, next) => {
      leave();
      next(null, true);
    });
  },
  "in middleware, before next": (_, nsp, leave) => {
    nsp.use((socket, next) => {
      socket.join("waiting");
      leave(socket);
      next();
    });
  },
  "in middleware, which refuses then": (_, nsp, leave) => {
    nsp.use((socket, next) => {
      leave(socket);
      next(new Error("no"));
    });
  },
  "in middleware, behind next": (_, nsp, leave) => {
    nsp.use((socket, next) => {
      next();
      leave(socket);
    });
  },
  "when its own room is created": (_, nsp, leave) => {
    nsp.adapter.on("create-room", (room: string) => leave(nsp.sockets.get(room)));
  },
  "when it joins the first of two rooms": (_, nsp, leave) => {
    nsp.adapter.on("join-room", (room: string, id: string) => {
      if (room === "first") leave(nsp.sockets.get(id));
    });
    nsp.on("connection", (socket) => socket.join(["first", "second"]));
  },
  "when it joins its own room": (_, nsp, leave) => {
    nsp.adapter.on("join-room", (_room: string, id: string) => leave(nsp.sockets.get(id)));
  },
  "in a connect listener": (_, nsp, leave) => {
    nsp.on("connect", leave);
  },
  "in a connection listener, before it joins a room": (_, nsp, leave) => {
    nsp.on("connection", (socket) => {
      leave(socket);
      socket.join("late");
    });
  },
  "in a catch-all listener": (_, nsp, leave) => {
    nsp.on("connection", (socket) => socket.onAny(() => leave(socket)));
  },
  "in event middleware": (_, nsp, leave) => {
    nsp.on("connection", (socket) =>
      socket.use((_event, next) => {
        leave(socket);
        next();
      }),
    );
  },
  "in a listener, which acknowledges then": (_, nsp, leave) => {
    nsp.on("connection", (socket) =>
      socket.on("ask", (ack) => {
        leave(socket);
        ack("late");
      }),
    );
  },
  "in an outgoing catch-all listener": (_, nsp, leave) => {
    nsp.on("connection", (socket) => {
      socket.onAnyOutgoing(() => leave(socket));
      socket.emit("out");
    });
  },
  "in an acknowledgement": (_, nsp, leave) => {
    nsp.on("connection", (socket) => socket.emit("out", () => leave(socket)));
  },
  "while it is disconnecting": (_, nsp, leave) => {
    nsp.on("connection", (socket) => {
      socket.on("disconnecting", () => leave(socket));
      socket.disconnect();
    });
  },
  "when it leaves a room": (_, nsp, leave) => {
    nsp.adapter.on("leave-room", (_room: string, id: string) => leave(nsp.sockets.get(id)));
    nsp.on("connection", (socket) => {
      socket.join("other");
      socket.disconnect();
    });
  },
  "when its own room is deleted": (_, nsp, leave) => {
    nsp.adapter.on("delete-room", (room: string) => leave(nsp.sockets.get(room)));
    nsp.on("connection", (socket) => socket.disconnect());
  },
  "when it has been disconnected": (_, nsp, leave) => {
    nsp.on("connection", (socket) => {
      socket.on("disconnect", () => leave(socket));
      socket.disconnect();
    });
  },
  "in a listener of undecodable packets": (_, nsp, leave) => {
    nsp.on("connection", (socket) => {
      socket.on("error", () => leave(socket));
      linkOf(socket.conn).owner?.onMessage("{}");
    });
  },
};

/** How it goes. */
const ways: Record<string, (session: RecordingSession, socket: Socket | undefined, nsp: Namespace) => void> =
  {
    "is disconnected": (_, socket) => socket?.disconnect(),
    "is disconnected with its session": (_, socket) => socket?.disconnect(true),
    "is disconnected with all others of its namespace": (_, __, nsp) => nsp.disconnectSockets(),
    "loses its session": (session) => session.lose("transport close"),
    "has its session closed": (session) => session.close(),
    "sends that it leaves": (session) => session.receive("1/room,"),
    "sees the namespace shut down": (_, __, nsp) => void nsp.shutDown(),
  };

describe.each(Object.entries(moments))("a client that %s", (_moment, arrange) => {
  it.each(Object.entries(ways))("%s leaves once, and nothing of it stays", (_way, leave) => {
    const fixture = createFixture({ cleanupEmptyChildNamespaces: true });
    const { io, clock, reported } = fixture;
    const bystander = fixture.join("/");
    const session = fixture.open();
    const others = moments["in the matcher of the namespace"] === arrange;
    const nsp = others ? io.of("/elsewhere") : io.of("/room");
    const disconnects: string[] = [];
    let hasLeft = false;
    nsp.on("connection", (socket) => socket.on("disconnect", (reason) => disconnects.push(reason)));
    arrange(fixture, nsp, (socket) => {
      if (hasLeft) return;
      hasLeft = true;
      leave(session, socket, nsp);
    });
    // What the listeners above did not do, the client does.
    session.receive("0/room,");
    clock.settle();
    session.receive('2/room,0["ask"]');
    session.receive("3/room,0[]");
    clock.settle();
    expect(hasLeft).toBe(true);
    session.lose("transport close");
    clock.settle();
    expect(disconnects.length).toBeLessThanOrEqual(1);
    for (const namespace of [nsp, io.of("/room")]) {
      expect(namespace.sockets.size).toBe(0);
      expect(namespace.adapter.rooms.size).toBe(0);
      expect(namespace.adapter.sids.size).toBe(0);
    }
    expect(reported).toEqual([]);
    bystander.session.receive('20["anyone"]');
    clock.settle();
    expect(bystander.socket.connected).toBe(true);
    expect([...io.of("/").sockets.keys()]).toEqual([bystander.socket.id]);
  });
});

describe("namespaces and rooms that come and go", () => {
  it("leave no trace: 1,000 namespaces of a pattern, each with 10 rooms", () => {
    const { io, clock, open } = createFixture({ cleanupEmptyChildNamespaces: true });
    const parent = io.of(/^\/t\d+$/);
    parent.on("connection", (socket) => {
      for (let room = 0; room < 10; room += 1) socket.join(`room ${room}`);
    });
    const before = clock.pendingTimers;
    const session = open();
    for (let index = 0; index < 1_000; index += 1) session.receive(`0/t${index},`);
    clock.settle();
    expect(session.owner).toMatchObject({ nsps: { size: 1_000 } });
    expect(Reflect.get(parent, "children").size).toBe(1_000);
    for (let index = 0; index < 500; index += 1) session.receive(`1/t${index},`);
    clock.settle();
    session.lose("transport close");
    expect(Reflect.get(parent, "children").size).toBe(0);
    expect([...io.namespaces.keys()]).toEqual(["/"]);
    expect(clock.pendingTimers).toBe(before);
  });
});
