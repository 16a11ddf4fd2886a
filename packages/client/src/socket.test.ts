import { beforeEach, describe, expect, it } from "vitest";
import { Manager } from "./manager.ts";
import type { ManagerOptions, SocketOptions } from "./options.ts";
import type { Socket } from "./socket.ts";
import { RecordingPlatform } from "./testing/recording-platform.ts";

let platform: RecordingPlatform;
let log: unknown[];

function create(options: SocketOptions = {}, managerOptions: ManagerOptions = {}, nsp = "/"): Socket {
  const manager = new Manager(platform, "http://h", {
    transports: ["polling"],
    reconnectionDelay: 100,
    randomizationFactor: 0,
    ...managerOptions,
  });
  const socket = manager.socket(nsp, options);
  for (const event of ["connect", "connect_error", "disconnect"]) {
    socket.on(event, (...args) =>
      log.push([event, ...args.map((arg) => (arg instanceof Error ? arg.message : arg))]),
    );
  }
  return socket;
}

/** Everything sent goes out, every tick runs. */
function settle(): void {
  platform.clock.settle();
  platform.latest.drain();
  platform.clock.settle();
}

function receive(...texts: string[]): void {
  for (const text of texts) platform.latest.receive("message", text);
  settle();
}

function join(sid = "id1"): void {
  platform.latest.accept();
  settle();
  receive(`0{"sid":"${sid}"}`);
}

beforeEach(() => {
  platform = new RecordingPlatform();
  log = [];
});

describe("Socket, connecting", () => {
  it("asks for its namespace once the manager is open", () => {
    const socket = create({ auth: { a: 1 } }, {}, "/n");
    expect(socket.active).toBe(true);
    platform.latest.accept();
    settle();
    expect(platform.latest.messages).toEqual(['0/n,{"a":1}']);
    socket.connect();
    settle();
    expect(platform.latest.messages).toHaveLength(1);
    receive('0/n,{"sid":"x"}');
    expect(socket).toMatchObject({ id: "x", connected: true, disconnected: false, recovered: false });
    expect(log).toEqual([["connect"]]);
  });

  it("ignores credentials that come too late", () => {
    const answers: ((data: object) => void)[] = [];
    create({ auth: (onReady) => answers.push(onReady) });
    platform.latest.accept();
    platform.latest.end();
    platform.clock.advance(100);
    platform.latest.accept();
    answers[0]?.({ late: true });
    answers[1]?.({ n: 1 });
    answers[1]?.({ n: 2 });
    settle();
    expect(platform.latest.messages).toEqual(['0{"n":1}']);
  });

  it("asks once when it leaves and returns while its credentials are on their way", () => {
    const answers: ((data: object) => void)[] = [];
    const socket = create({ auth: (onReady) => answers.push(onReady) });
    socket.io.socket("/other");
    platform.latest.accept();
    socket.disconnect().connect();
    answers[0]?.({ n: 0 });
    answers[1]?.({ n: 1 });
    answers[0]?.({ n: 0 });
    settle();
    settle();
    expect(platform.latest.messages).toEqual(["0/other,", '0{"n":1}']);
  });

  it("reports nothing of credentials that fail after it has left and returned", async () => {
    const failures: ((error: Error) => void)[] = [];
    const socket = create({ auth: () => new Promise((_, reject) => failures.push(reject)) });
    socket.io.socket("/other");
    platform.latest.accept();
    socket.disconnect().connect();
    failures[0]?.(new Error("no longer wanted"));
    await Promise.resolve();
    await Promise.resolve();
    expect(log).toEqual([]);
    expect(socket.active).toBe(true);
  });

  it("leaves a namespace that the server lets it into after it has gone", () => {
    const socket = create();
    socket.io.socket("/other");
    platform.latest.accept();
    settle();
    socket.disconnect();
    receive('0{"sid":"late"}', '0/other,{"sid":"other"}');
    expect(platform.latest.messages).toEqual(["0", "0/other,", "1"]);
    expect([socket.connected, socket.io.socket("/other").connected]).toEqual([false, true]);
  });

  it.each([
    ["lets it in", '0{"sid":"first"}', ["1", '0{"n":2}']],
    ["refuses it", '4{"message":"no"}', ['0{"n":2}']],
  ])("asks again, when it returns while the server decides, once the server %s", (_, answer, sent) => {
    const socket = create({ auth: { n: 1 } });
    const other = socket.io.socket("/other");
    platform.latest.accept();
    settle();
    socket.disconnect();
    socket.auth = { n: 2 };
    socket.connect();
    settle();
    expect(platform.latest.messages).toEqual(['0{"n":1}', "0/other,"]);
    platform.latest.sent.length = 0;
    receive(answer);
    platform.clock.advance(0);
    settle();
    expect(platform.latest.messages).toEqual(sent);
    expect(log).toEqual([]);
    receive('0{"sid":"second"}', '0/other,{"sid":"other"}');
    expect([socket.id, other.connected, log]).toEqual(["second", true, [["connect"]]]);
  });

  it("asks on another connection without waiting for the answer that the one before owes", () => {
    const socket = create();
    socket.io.socket("/other");
    platform.latest.accept();
    settle();
    socket.disconnect().connect();
    platform.latest.end();
    platform.clock.advance(100);
    join("id2");
    expect(platform.latest.messages).toContain("0");
    expect(socket.id).toBe("id2");
  });

  it("says why it has no credentials, lets the other namespaces join, and tries again when told to", async () => {
    const failing = () => {
      throw new Error("no token");
    };
    const socket = create({ auth: failing });
    const other = socket.io.socket("/other");
    platform.latest.accept();
    settle();
    expect(log).toEqual([["connect_error", "no token"]]);
    expect([socket.active, other.active]).toEqual([false, true]);
    expect(platform.latest.messages).toEqual(["0/other,"]);
    socket.auth = () => Promise.reject(new Error("no network"));
    socket.connect();
    await Promise.resolve();
    await Promise.resolve();
    expect(log[1]).toEqual(["connect_error", "no network"]);
    socket.auth = { token: 1 };
    socket.connect();
    settle();
    expect(platform.latest.messages[1]).toBe('0{"token":1}');
  });

  it("delivers early events, sends what was buffered, and only then says connect", () => {
    const socket = create({ retries: 1 });
    socket.on("early", (n) => log.push(["early", n]));
    socket.onAnyOutgoing((...args) => log.push(["out", ...args]));
    socket.on("connect", () => socket.volatile.emit("from connect"));
    socket.emit("retried");
    socket.sendBuffer.push({ type: 2, nsp: "/", data: ["buffered"] });
    platform.latest.accept();
    settle();
    receive('2["early",1]');
    expect(log).toEqual([]);
    receive('0{"sid":"x"}');
    expect(log).toEqual([["early", 1], ["out", "buffered"], ["out", "retried"], ["connect"]]);
    expect(platform.latest.messages).toEqual(["0", '2["buffered"]', '20["retried"]']);
  });

  it("becomes inactive when refused, with what the server said", () => {
    const socket = create();
    let data: unknown;
    socket.on("connect_error", (error) => {
      ({ data } = error);
    });
    platform.latest.accept();
    receive('4{"message":"no","data":{"why":1}}');
    expect(log).toEqual([["connect_error", "no"]]);
    expect(data).toEqual({ why: 1 });
    expect(socket.active).toBe(false);
  });

  it("keeps a refusal that is plain text", () => {
    create();
    platform.latest.accept();
    receive('4"no"');
    expect(log).toEqual([["connect_error", "no"]]);
  });

  it("tells a server of revision 2 by its CONNECT without id", () => {
    const socket = create();
    platform.latest.accept();
    receive("0");
    expect(String(log[0])).toMatch(
      /^connect_error,It seems you are trying to reach a Socket.IO server in v2.x/,
    );
    expect(socket).toMatchObject({ connected: false, active: true });
  });

  it("reports failed attempts, and an error of the server's only while not connected", () => {
    const socket = create({}, { reconnection: false });
    platform.latest.fail(0);
    expect(log).toEqual([["connect_error", "polling error"]]);
    socket.connect();
    join();
    platform.latest.fail(0);
    expect(log.slice(1)).toEqual([["connect"], ["disconnect", "transport error", "polling error"]]);
  });

  it("prefixes a namespace that has no slash", () => {
    expect(create({}, {}, "n").nsp).toBe("/n");
  });
});

describe("Socket, leaving", () => {
  it("says goodbye, closes the manager first, and stays away", () => {
    const socket = create();
    join();
    socket.io.on("close", (reason) => log.push(["close", reason]));
    socket.disconnect();
    socket.disconnect();
    settle();
    expect(platform.latest.messages.at(-1)).toBe("1");
    expect(log).toEqual([
      ["connect"],
      ["close", "forced close"],
      ["disconnect", "io client disconnect", undefined],
    ]);
    platform.clock.advance(60_000);
    expect(platform.made).toHaveLength(1);
  });

  it("leaves the others of its manager alone", () => {
    const socket = create();
    const other = socket.io.socket("/other");
    platform.latest.accept();
    receive('0{"sid":"a"}', '0/other,{"sid":"b"}');
    receive("1/other,");
    expect(other.active).toBe(false);
    expect(socket.connected).toBe(true);
    socket.io.socket("/other");
    settle();
    expect(platform.latest.messages.at(-1)).toBe("0/other,");
  });

  it("emits no disconnect when it never connected, and stops the loop", () => {
    const socket = create();
    platform.latest.fail(0);
    socket.disconnect();
    platform.clock.advance(60_000);
    expect(platform.made).toHaveLength(1);
    expect(log).toEqual([["connect_error", "polling error"]]);
  });

  it("may prevent the reconnection from its disconnect handler", () => {
    const socket = create();
    join();
    socket.on("disconnect", () => socket.disconnect());
    platform.latest.end();
    platform.clock.advance(60_000);
    expect(platform.made).toHaveLength(1);
  });

  it("emits disconnect when the connection is lost before the CONNECT reply", () => {
    const socket = create();
    platform.latest.accept();
    platform.latest.end();
    expect(log).toMatchObject([["disconnect", "transport close", { description: "ended by the test" }]]);
    expect(socket.active).toBe(true);
  });
});

describe("Socket, emitting", () => {
  it.each([
    ["connect"],
    ["connect_error"],
    ["disconnect"],
    ["disconnecting"],
    ["newListener"],
    ["removeListener"],
  ])("refuses the reserved name %s", (name) => {
    const socket = create();
    expect(() => socket.emit(name)).toThrow(`"${name}" is a reserved event name`);
    expect(socket.sendBuffer).toEqual([]);
  });

  it("numbers what asks for an answer, and passes the answer on", () => {
    const socket = create();
    join();
    const answers: unknown[] = [];
    socket.emit("a", 1, function (this: unknown, ...args: unknown[]) {
      answers.push(this === socket, ...args);
    });
    socket.send("b", (...args: unknown[]) => answers.push(...args));
    settle();
    settle();
    expect(platform.latest.messages.slice(1)).toEqual(['20["a",1]', '21["message","b"]']);
    receive('31["x"]', '30["y","z"]', '30["again"]', "37[]", '3["nameless"]');
    expect(answers).toEqual(["x", true, "y", "z"]);
  });

  it("drops what is volatile unless it can be sent at this moment", () => {
    const socket = create();
    socket.volatile.emit("before");
    join();
    socket.emit("a");
    socket.volatile.emit("while the POST is on its way");
    settle();
    socket.volatile.emit("c");
    platform.latest.end();
    socket.volatile.emit("after");
    expect(platform.latest.messages.slice(1)).toEqual(['2["a"]', '2["c"]']);
    expect(socket.sendBuffer).toEqual([]);
  });

  it("uses modifiers for one event only, also with the retry queue", () => {
    for (const options of [{}, { retries: 2 }]) {
      const socket = create(options);
      socket.timeout(10).compress(false).emit("a");
      socket.emit("b", (...args: unknown[]) => log.push(args));
      platform.clock.advance(1000);
      expect(log.filter((entry) => String(entry).includes("timed out"))).toEqual([]);
      expect(socket.sendBuffer.map((packet) => packet.options)).toEqual(
        options.retries ? [] : [{ compress: false }, { compress: true }],
      );
    }
  });

  it("times out while buffered, and takes the event back", () => {
    const socket = create();
    const answers: unknown[] = [];
    socket.timeout(10).emit("a", (error: Error) => answers.push(error.message));
    socket.emit("b");
    platform.clock.advance(10);
    expect(answers).toEqual(["operation has timed out"]);
    expect(socket.sendBuffer.map(({ data }) => data)).toEqual([["b"]]);
  });

  it("makes every callback error-first with ackTimeout alone", () => {
    const socket = create({ ackTimeout: 1000 });
    join();
    const answers: unknown[] = [];
    socket.emit("a", (...args: unknown[]) => answers.push(args));
    settle();
    receive('30["x"]');
    expect(answers).toEqual([[null, "x"]]);
  });

  it("keeps the acknowledgements of what is still buffered through a disconnection", async () => {
    const socket = create();
    join();
    const sent = socket.emitWithAck("sent");
    platform.latest.end();
    const buffered = socket.emitWithAck("buffered");
    await expect(sent).rejects.toThrow("socket has been disconnected");
    platform.clock.advance(100);
    join("id2");
    settle();
    expect(platform.latest.messages.at(-1)).toBe('21["buffered"]');
    receive('31["yes"]');
    await expect(buffered).resolves.toBe("yes");
  });

  it("buffers when the heartbeat is overdue, and connects anew", () => {
    const socket = create();
    join();
    const now = platform.clock.now.bind(platform.clock);
    platform.clock.now = () => now() + 151;
    socket.emit("after sleep");
    expect(socket.sendBuffer).toHaveLength(1);
    socket.volatile.emit("dropped");
    platform.clock.settle();
    expect(log.at(-1)).toMatchObject(["disconnect", "ping timeout", { code: "EIO_PING_TIMEOUT" }]);
    platform.clock.now = now;
    platform.clock.advance(100);
    join("id2");
    expect(platform.latest.messages).toEqual(["0", '2["after sleep"]']);
  });

  it("does not send an event of the retry queue twice after an overdue heartbeat", () => {
    const socket = create({ retries: 3, ackTimeout: 5000 });
    join();
    const now = platform.clock.now.bind(platform.clock);
    platform.clock.now = () => now() + 151;
    socket.emit("job");
    platform.clock.settle();
    platform.clock.now = now;
    platform.clock.advance(100);
    join("id2");
    expect(platform.latest.messages).toEqual(["0", '20["job"]']);
  });

  it("takes a reply for success with retries and no time-out", () => {
    const socket = create({ retries: 3 });
    join();
    const answers: unknown[] = [];
    socket.emit("job", (...args: unknown[]) => answers.push(args));
    settle();
    receive('30["value"]');
    expect(answers).toEqual([[null, "value"]]);
    expect(platform.latest.messages).toHaveLength(2);
  });
});

describe("Socket, receiving", () => {
  it("calls catch-all listeners first, for events of its namespace only", () => {
    const socket = create();
    join();
    socket.on("e", (...args) => log.push(["e", ...args]));
    socket.onAny((...args) => log.push(["any", ...args]));
    socket.prependAny((...args) => log.push(["first", ...args]));
    log = [];
    receive('2["e",1]', '2/other,["e",2]');
    expect(log).toEqual([
      ["first", "e", 1],
      ["any", "e", 1],
      ["e", 1],
    ]);
    socket.offAny();
    expect(socket.listenersAny()).toEqual([]);
  });

  it("answers once", () => {
    const socket = create();
    join();
    socket.on("q", (answer) => {
      answer("a", 1);
      answer("b");
    });
    receive('25["q"]');
    expect(platform.latest.messages.at(-1)).toBe('35["a",1]');
  });

  it("accepts numbers and odd words as names", () => {
    const socket = create();
    join();
    const names: string[] = [];
    for (const name of ["5", "error", "__proto__", "constructor"]) socket.on(name, () => names.push(name));
    receive("2[5]", '2["error"]', '2["__proto__"]', '2["constructor"]', "2");
    expect(names).toEqual(["5", "error", "__proto__", "constructor"]);
    expect(socket.connected).toBe(true);
  });

  it("keeps the connection when a listener throws, and disturbs no other packet", () => {
    const socket = create();
    join();
    const seen: unknown[] = [];
    socket.on("bad", () => {
      throw new Error("mine");
    });
    socket.on("good", () => seen.push("good"));
    platform.latest.receive("message", '2["bad"]');
    platform.latest.receive("message", '2["good"]');
    expect(() => platform.clock.settle()).toThrow("mine");
    platform.clock.settle();
    expect(seen).toEqual(["good"]);
    expect(socket.connected).toBe(true);
  });
});

describe("Socket, answering late", () => {
  /** Takes an event that asks for an answer; what answers it. */
  function ask(socket: Socket): (answer: unknown) => void {
    let reply: ((answer: unknown) => void) | undefined;
    socket.on("q", (answer) => {
      reply = answer;
    });
    receive('25["q"]');
    return reply ?? expect.unreachable();
  }

  it("drops the answer once the server has another session, where its id means another event", () => {
    const socket = create();
    join();
    const reply = ask(socket);
    platform.latest.end();
    platform.clock.advance(100);
    join("id2");
    reply("late");
    settle();
    expect(platform.latest.messages).toEqual(["0"]);
    ask(socket)("in time");
    settle();
    expect(platform.latest.messages).toEqual(["0", '35["in time"]']);
  });

  it("drops the answer after it has left the namespace, also when it has returned on the same connection", () => {
    const socket = create();
    socket.io.socket("/other");
    join();
    const reply = ask(socket);
    socket.disconnect();
    reply("late");
    socket.connect();
    settle();
    receive('0{"sid":"id2"}');
    reply("later");
    settle();
    expect(platform.latest.messages).toEqual(["0", "0/other,", "1", "0"]);
  });

  it("answers an event that came before it was let in", () => {
    const socket = create();
    socket.on("q", (answer) => answer("early"));
    platform.latest.accept();
    settle();
    receive('25["q"]', '0{"sid":"x"}');
    expect(platform.latest.messages).toEqual(["0", '35["early"]']);
  });
});

describe("Socket, recovery", () => {
  it("offers its private id and the last offset, under the program's credentials", () => {
    const socket = create({ auth: { token: 1, pid: "mine" } });
    platform.latest.accept();
    receive('0{"sid":"a","pid":"p1"}');
    expect(socket.recovered).toBe(false);
    receive('2["e","o1"]', '25["with an ack",""]', '2["e",2]');
    platform.latest.end();
    socket.auth = { token: 2 };
    platform.clock.advance(100);
    platform.latest.accept();
    settle();
    expect(platform.latest.messages).toEqual(['0{"pid":"p1","offset":"o1","token":2}']);
    receive('2["missed","o2"]', '0{"sid":"a","pid":"p1"}');
    expect(socket).toMatchObject({ recovered: true, id: "a" });
  });

  it("is false where the server has no recovery, or made a new session", () => {
    const socket = create();
    platform.latest.accept();
    receive('0{"sid":"a","pid":"p1"}');
    platform.latest.end();
    platform.clock.advance(100);
    platform.latest.accept();
    receive('0{"sid":"b","pid":"p2"}');
    expect(socket.recovered).toBe(false);
    platform.latest.end();
    platform.clock.advance(100);
    platform.latest.accept();
    receive('0{"sid":"c"}');
    expect(socket.recovered).toBe(false);
  });
});

describe("Socket, whose listeners disconnect", () => {
  it("stays inactive when it is disconnected by an earlier listener of the manager's close", () => {
    const manager = new Manager(platform, "http://h", { transports: ["polling"], autoConnect: false });
    const socket = manager.socket("/");
    manager.on("close", () => socket.disconnect());
    socket.connect();
    join();
    platform.latest.end();
    expect(socket.active).toBe(false);
  });

  it("asks once when an earlier listener of the manager's open disconnects and connects it", () => {
    const manager = new Manager(platform, "http://h", { transports: ["polling"], autoConnect: false });
    const socket = manager.socket("/");
    manager.once("open", () => socket.disconnect().connect());
    socket.connect();
    platform.latest.accept();
    settle();
    expect(platform.made).toHaveLength(2);
    expect(platform.made[0]?.messages).toEqual([]);
    join();
    expect(platform.latest.messages).toEqual(["0"]);
    expect(socket.connected).toBe(true);
  });

  it("keeps what an early event's listener left unsent, and does not say connect", () => {
    const socket = create();
    socket.on("early", () => socket.disconnect());
    socket.emit("buffered");
    platform.latest.accept();
    settle();
    receive('2["early"]', '0{"sid":"x"}');
    expect(socket.sendBuffer).toHaveLength(1);
    expect(log).toEqual([["disconnect", "io client disconnect", undefined]]);
  });

  it("keeps what a catch-all listener left unsent, with its acknowledgement, and fails what was sent", () => {
    const socket = create();
    const outcomes: string[] = [];
    for (const name of ["sent", "unsent"])
      socket.timeout(1000).emit(name, (error: Error | null) => outcomes.push(`${name} ${error?.message}`));
    socket.onAnyOutgoing(() => socket.disconnect());
    join();
    expect(outcomes).toEqual(["sent socket has been disconnected"]);
    expect(socket.sendBuffer.map(({ data }) => data)).toEqual([["unsent"]]);
  });

  it("refuses at once what cannot be encoded, also while it waits", () => {
    const socket = create();
    expect(() => socket.emit("bad", 1n)).toThrow(TypeError);
    expect(socket.sendBuffer).toEqual([]);
  });
});

describe("Socket, whose listeners throw", () => {
  const fail = (): never => {
    throw new Error("mine");
  };

  /** How many times something surfaces. */
  function surfaced(): number {
    for (let count = 0; ; count++) {
      try {
        platform.clock.settle();
        return count;
      } catch {
        // one more
      }
    }
  }

  it("delivers the other early events, sends what waits, and says connect", () => {
    const socket = create();
    socket.on("bad", fail);
    socket.on("good", () => log.push("good"));
    socket.onAnyOutgoing(fail);
    socket.emit("first").emit("second");
    platform.latest.accept();
    settle();
    for (const text of ['2["bad"]', '2["good"]', '0{"sid":"x"}']) platform.latest.receive("message", text);
    expect(surfaced()).toBe(3);
    platform.latest.drain();
    settle();
    expect(log).toEqual(["good", ["connect"]]);
    expect(platform.latest.messages).toEqual(["0", '2["first"]', '2["second"]']);
    expect(socket.sendBuffer).toEqual([]);
  });

  it.each(["connect_error", "disconnect"] as const)("connects again when one of %s does", (event) => {
    const socket = create();
    if (event === "disconnect") join();
    socket.on(event, fail);
    if (event === "disconnect") platform.latest.end();
    else platform.latest.fail(0);
    expect(surfaced()).toBe(1);
    platform.clock.advance(100);
    expect(platform.made).toHaveLength(2);
    join("id2");
    expect(socket.id).toBe("id2");
  });

  it("joins, and connects again and again, when those of the manager do", () => {
    const socket = create({}, { autoConnect: false });
    for (const event of [
      "open",
      "error",
      "close",
      "reconnect_attempt",
      "reconnect",
      "reconnect_error",
    ] as const)
      socket.io.on(event, fail);
    const advance = (ms: number): void => {
      surfaced();
      expect(() => platform.clock.advance(ms)).toThrow("mine");
      surfaced();
    };
    socket.connect();
    platform.latest.fail(0);
    advance(100);
    platform.latest.fail(0);
    advance(200);
    expect(platform.made).toHaveLength(3);
    for (const sid of ["id1", "id2"]) {
      platform.latest.accept();
      surfaced();
      receive(`0{"sid":"${sid}"}`);
      expect(socket.id).toBe(sid);
      platform.latest.end();
      advance(100);
    }
  });

  it("does not ask again for the event whose listener threw", () => {
    const socket = create();
    socket.on("bad", fail);
    platform.latest.accept();
    receive('0{"sid":"a","pid":"p1"}');
    platform.latest.receive("message", '2["bad","o1"]');
    expect(surfaced()).toBe(1);
    platform.latest.end();
    platform.clock.advance(100);
    platform.latest.accept();
    settle();
    expect(platform.latest.messages).toEqual(['0{"pid":"p1","offset":"o1"}']);
  });

  it("fails every acknowledgement though the callback of one throws", () => {
    const socket = create();
    join();
    socket.timeout(1000).emit("a", fail);
    socket.timeout(1000).emit("b", (error: Error) => log.push(error.message));
    platform.latest.end();
    expect(log.at(-1)).toBe("socket has been disconnected");
    expect(surfaced()).toBe(1);
  });
});

describe("Socket, with a great many events waiting", () => {
  it("settles and keeps 100,000 acknowledgements in time that grows with their number", async () => {
    const socket = create();
    const waiting = 100_000;
    const roomy = { maxPayload: 1e9 };
    let settled = 0;
    for (let n = 0; n < waiting; n++) socket.emit("early", n, () => settled++);
    platform.latest.accept(roomy);
    settle();
    receive('0{"sid":"x"}');
    expect(platform.latest.messages).toHaveLength(1 + waiting);
    platform.latest.end();
    const failures: string[] = [];
    for (let n = 0; n < waiting; n++)
      socket.emitWithAck("late", n).catch((e: Error) => failures.push(e.message));
    platform.clock.advance(100);
    platform.latest.accept(roomy);
    platform.latest.end();
    expect(socket.sendBuffer).toHaveLength(waiting);
    platform.clock.advance(100);
    platform.latest.accept(roomy);
    settle();
    receive('0{"sid":"id2"}', `3${waiting}[]`);
    platform.latest.end();
    await Promise.resolve();
    await Promise.resolve();
    expect([settled, failures.length]).toEqual([0, waiting - 1]);
  });
});

describe("Socket, with a server that marks every offset", () => {
  function listen(socket: Socket): void {
    socket.on("e", (...args: unknown[]) => log.push(["e", ...args]));
    socket.onAny((...args: unknown[]) => log.push(["any", ...args]));
  }

  it("offers to take offsets off, whatever the program's query", () => {
    create({}, { query: { a: 1 } });
    expect(platform.latest.query).toMatchObject({ a: 1, offsets: 1 });
  });

  it("design §2.9: shows no offset to listeners, and comes back with the last", () => {
    const socket = create();
    listen(socket);
    platform.latest.accept();
    settle();
    receive('2["e","early","p.1"]', '0{"sid":"x","pid":"p","offsets":true}');
    log = [];
    receive('2["e",1,"p.2"]', '2["e","p.3"]', '2["e",4]', '25["e","text"]');
    expect(log).toEqual([
      ["any", "e", 1],
      ["e", 1],
      ["any", "e"],
      ["e"],
      ["any", "e", 4],
      ["e", 4],
      ["any", "e", "text", expect.any(Function)],
      ["e", "text", expect.any(Function)],
    ]);
    platform.latest.end();
    platform.clock.advance(100);
    platform.latest.accept();
    settle();
    expect(platform.latest.messages).toEqual(['0{"pid":"p","offset":"p.3"}']);
  });

  it("shows offsets again when it comes back to a server that does not say so", () => {
    const socket = create();
    listen(socket);
    platform.latest.accept();
    settle();
    receive('0{"sid":"x","pid":"p","offsets":true}');
    platform.latest.end();
    platform.clock.advance(100);
    platform.latest.accept();
    settle();
    receive('0{"sid":"y","pid":"q"}');
    log = [];
    receive('2["e","o1"]');
    expect(log).toEqual([
      ["any", "e", "o1"],
      ["e", "o1"],
    ]);
  });
});

describe("Socket, with more bytes than the server takes", () => {
  // The handshake of these tests allows 1000.
  const tooLong = "x".repeat(1000);
  const refusal = {
    name: "RangeError",
    code: "EIO_PAYLOAD_TOO_LARGE",
    phase: "session",
    transport: "polling",
  };

  it("throws from emit, with both sizes, and keeps the connection", () => {
    const socket = create();
    join();
    expect(() => socket.emit("big", tooLong)).toThrow("a message of 1012 bytes, the server takes 1000");
    expect(() => socket.emit("big", tooLong, () => expect.unreachable())).toThrow("1013 bytes");
    expect(() => socket.emit("big", tooLong)).toThrow(expect.objectContaining(refusal));
    socket.emit("small");
    settle();
    expect(platform.latest.messages.at(-1)).toBe('2["small"]');
    expect(socket.connected).toBe(true);
  });

  it("sends as much as the server takes, counted in UTF-8", () => {
    const socket = create();
    join();
    // 4, 2 and ["big","…"] are eleven bytes and one.
    const most = `${"x".repeat(985)}é`;
    expect(new TextEncoder().encode(`42["big","${most}"]`).length).toBe(999);
    socket.emit("big", most);
    socket.emit("big", `${most}x`);
    expect(() => socket.emit("big", `${most}é`)).toThrow("1001 bytes");
  });

  it("fails the acknowledgement that can take an error, once", async () => {
    const socket = create();
    join();
    await expect(socket.emitWithAck("big", tooLong)).rejects.toMatchObject(refusal);
    const failures: unknown[] = [];
    socket.timeout(50).emit("big", tooLong, (error: unknown) => failures.push(error));
    platform.clock.advance(100);
    expect(failures).toMatchObject([refusal]);
  });

  it("refuses what was emitted before the limit was known, and sends the rest", async () => {
    const socket = create();
    const answer = socket.emitWithAck("big", tooLong);
    socket.emit("small");
    join();
    await expect(answer).rejects.toMatchObject(refusal);
    expect(platform.latest.messages.at(-1)).toBe('2["small"]');
  });

  it("says by connect_error that an event turned out too long for which nobody waits, and sends the rest", () => {
    const socket = create();
    const errors: unknown[] = [];
    socket.on("connect_error", (error) => errors.push(error));
    socket.emit("big", tooLong);
    socket.emit("big", tooLong, () => expect.unreachable());
    socket.emit("small");
    join();
    settle();
    expect(errors).toMatchObject([refusal, refusal]);
    expect(platform.latest.messages.at(-1)).toBe('2["small"]');
    expect(socket.connected).toBe(true);
  });

  it("gives up on it in the retry queue, and goes on with the next", () => {
    const socket = create({ retries: 2 });
    const outcomes: unknown[] = [];
    socket.emit("big", tooLong, (error: unknown) => outcomes.push(error));
    socket.emit("small");
    join();
    settle();
    expect(outcomes).toMatchObject([refusal]);
    expect(platform.latest.messages.at(-1)).toMatch(/\["small"\]$/);
  });
});

describe("Socket, refused", () => {
  it.each([
    ['4{"message":"Invalid namespace"}', "SIO_INVALID_NAMESPACE"],
    ['4{"message":"no","data":{"why":1}}', "SIO_REFUSED"],
    ["0", "SIO_OLD_SERVER"],
  ])("says so by a code: %s", (packet, code) => {
    const socket = create();
    const errors: unknown[] = [];
    socket.on("connect_error", (error) => errors.push(error));
    platform.latest.accept();
    settle();
    receive(packet);
    expect(errors).toMatchObject([{ code, phase: "namespace", transport: "polling" }]);
  });
});
