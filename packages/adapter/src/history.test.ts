import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { History } from "./history.ts";
import type { Room } from "./namespace-view.ts";
import { type Stay, stayFrom } from "./stays.ts";

const MANY = 10_000;

/** In these rooms from the beginning. */
function stay(...rooms: Room[]): Stay[] {
  return rooms.map((room) => stayFrom(room, 0));
}

function createHistory(limits: { packets?: number; bytes?: number } = {}) {
  const history = new History<string>({
    maxHistoryPackets: limits.packets ?? Number.POSITIVE_INFINITY,
    maxHistoryBytes: limits.bytes ?? Number.POSITIVE_INFINITY,
  });
  const add = (
    name: string,
    to: Iterable<Room> = [],
    except: Iterable<Room> = [],
    sentAtMs = 0,
    byteLength = 1,
  ) => history.add({ encoded: name, byteLength }, sentAtMs, { rooms: new Set(to), except: new Set(except) });
  const since = (position: number, ...rooms: Room[]) => history.since(position, stay(...rooms));
  return { history, add, since };
}

/** Counts how often it is looked at. */
class WatchedSet extends Set<Room> {
  static looks = 0;

  override has(room: Room): boolean {
    WatchedSet.looks += 1;
    return super.has(room);
  }

  override [Symbol.iterator](): SetIterator<Room> {
    WatchedSet.looks += 1;
    return super[Symbol.iterator]();
  }
}

describe("the history", () => {
  it("gives what was sent to everybody or to one's rooms, once, in the order of sending", () => {
    const { add, since } = createHistory();
    add("before");
    add("a", ["r1"]);
    add("b", ["other"]);
    add("c");
    add("d", ["r2", "r1"]);
    add("e", ["r2"]);
    expect(since(1, "r1", "r2", "r3")).toEqual(["a", "c", "d", "e"]);
    expect(since(1)).toEqual(["c"]);
    expect(since(6, "r1")).toEqual([]);
  });

  it("leaves out what excepts one of one's rooms", () => {
    const { add, since } = createHistory();
    add("a", [], ["me"]);
    add("b", ["r"], ["other"]);
    add("c", ["r"], ["x", "me"]);
    expect(since(0, "me", "r")).toEqual(["b"]);
  });

  it("gives what was sent during one's stays in rooms, and excepts for as long", () => {
    const { history, add } = createHistory();
    add("1", ["r"]);
    add("2", ["r"]);
    add("3", ["r"]);
    add("4", [], ["r"]);
    add("5", ["r"]);
    add("6", [], ["r"]);
    add("7", ["r"]);
    const stays = [
      { room: "r", from: 1, to: 2 },
      { room: "r", from: 5, to: 7 },
    ];
    expect(history.since(0, stays)).toEqual(["2", "4", "7"]);
    expect(history.since(2, stays)).toEqual(["4", "7"]);
  });

  it("misses nothing of what was sent before one's stay", () => {
    const { history, add } = createHistory({ packets: 1 });
    add("1", ["r"]);
    add("2", ["r"]);
    expect(history.hasGap(0, [stayFrom("r", 0)], 0)).toBe(true);
    expect(history.hasGap(0, [stayFrom("r", 1)], 0)).toBe(false);
  });

  it("agrees with a scan of everything, whatever was sent and trimmed", () => {
    const rooms = fc.subarray(["a", "b", "c"]);
    const packets = fc.array(fc.record({ to: rooms, except: rooms }), { maxLength: 60 });
    fc.assert(
      fc.property(
        packets,
        rooms,
        fc.nat(60),
        fc.integer({ min: 1, max: 60 }),
        (sent, mine, position, limit) => {
          const { history, add, since } = createHistory({ packets: limit });
          for (const { to, except } of sent) add(String(history.newest + 1), to, except);
          const scanned = sent.flatMap(({ to, except }, index) => {
            const isMine = to.length === 0 || to.some((room) => mine.includes(room));
            const isKept = index >= sent.length - limit;
            return isKept && index >= position && isMine && !except.some((room) => mine.includes(room))
              ? [String(index + 1)]
              : [];
          });
          expect(since(position, ...mine)).toEqual(scanned);
          expect(history.size).toBe(Math.min(sent.length, limit));
        },
      ),
    );
  });

  it("looks at what was missed alone, however much is kept", () => {
    const { history, since } = createHistory();
    const send = (name: string, room: Room) =>
      history.add({ encoded: name, byteLength: 1 }, 0, {
        rooms: new Set([room]),
        except: new WatchedSet(["nobody"]),
      });
    for (let n = 0; n < MANY; n += 1) send(`old ${n}`, n % 2 ? "mine" : "other");
    for (let n = 0; n < MANY; n += 1) send(`for others ${n}`, "other");
    for (let n = 0; n < 3; n += 1) send(`missed ${n}`, "mine");
    WatchedSet.looks = 0;
    expect(since(MANY, "mine", "me")).toEqual(["missed 0", "missed 1", "missed 2"]);
    expect(WatchedSet.looks).toBe(3);
  });

  it("keeps no more packets and bytes than it may, and says what is gone", () => {
    const { history, add } = createHistory({ packets: 3, bytes: 10 });
    for (const name of ["a", "b", "c"]) add(name, ["r"]);
    expect(history.hasGap(0, stay("r"), 0)).toBe(false);
    add("d", ["r"]);
    expect(history.size).toBe(3);
    expect(history.hasGap(0, stay("r"), 0)).toBe(true);
    expect(history.hasGap(1, stay("r"), 0)).toBe(false);
    expect(history.hasGap(0, stay("other"), 0)).toBe(false);
    add("long", ["r"], [], 0, 9);
    expect([history.size, history.byteLength]).toEqual([2, 10]);
    add("longer", ["r"], [], 0, 11);
    expect([history.size, history.byteLength]).toEqual([0, 0]);
    expect(history.hasGap(5, stay("r"), 0)).toBe(true);
  });

  it("drops what is older than asked, and lanes that are of no use", () => {
    const { history, add, since } = createHistory();
    add("a", ["r"], [], 1_000);
    add("b", [], [], 2_000);
    add("c", ["r"], [], 3_000);
    history.expire(2_500);
    expect(since(0, "r")).toEqual(["c"]);
    expect(history.hasGap(0, stay("r"), 1_000)).toBe(true);
    history.expire(3_500);
    history.forgetLanes(3_000);
    expect(history.hasGap(0, stay("r"), 3_000)).toBe(true);
    history.forgetLanes(3_001);
    expect(history.hasGap(0, stay("r"), 0)).toBe(true);
    expect(history.hasGap(2, stay("r"), 0)).toBe(false);
  });

  it("goes on counting after it was cleared", () => {
    const { history, add, since } = createHistory();
    add("a", ["r"], [], 0, 5);
    history.clear();
    expect([history.size, history.byteLength, history.newest]).toEqual([0, 0, 1]);
    add("b", ["r"]);
    expect(since(1, "r")).toEqual(["b"]);
  });
});
