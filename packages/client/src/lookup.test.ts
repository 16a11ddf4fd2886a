import { beforeEach, describe, expect, it } from "vitest";
import { createLookup, type Lookup } from "./lookup.ts";
import { Manager } from "./manager.ts";
import { RecordingPlatform } from "./testing/recording-platform.ts";

let platform: RecordingPlatform;
let io: Lookup;

beforeEach(() => {
  platform = new RecordingPlatform();
  platform.page = { protocol: "http:", host: "page" };
  io = createLookup({
    createManager: (uri, options) => new Manager(platform, uri, options),
    location: () => platform.page,
    cache: new Map(),
  });
});

/** Which calls share a manager: numbers in order of first use. */
function managersOf(...calls: Parameters<Lookup>[]): number[] {
  const managers: unknown[] = [];
  return calls.map((args) => {
    const manager = io(...args).io;
    if (!managers.includes(manager)) managers.push(manager);
    return managers.indexOf(manager);
  });
}

describe("io()", () => {
  it.each([
    [
      "one connection for namespaces of one server",
      [["http://h"], ["http://h/n"], ["http://h:80/m"]],
      [0, 0, 0],
    ],
    ["two for the same namespace", [["http://h"], ["http://h"]], [0, 1]],
    ["two for the same namespace, with and without slash", [["http://h"], ["http://h/"]], [0, 1]],
    ["two for two schemes", [["http://h/n"], ["ws://h/m"]], [0, 1]],
    ["two for two paths", [["http://h/n"], ["http://h/m", { path: "/socket.io/" }]], [0, 1]],
    ["what the page's own calls make", [[], [], ["/admin"], ["/admin"]], [0, 1, 0, 2]],
    ["two without multiplexing", [[], ["/admin", { multiplex: false }]], [0, 1]],
    ["two with forceNew", [[], ["/admin", { forceNew: true }]], [0, 1]],
    ["two with the old spelling", [[], ["/admin", { "force new connection": true }]], [0, 1]],
  ] as [string, Parameters<Lookup>[], number[]][])("makes %s", (_what, calls, expected) => {
    expect(managersOf(...calls)).toEqual(expected);
  });

  it("does not share what was made anew", () => {
    expect(managersOf(["http://h/a", { forceNew: true }], ["http://h/b"], ["http://h/c"])).toEqual([0, 1, 1]);
  });

  it("takes options, a URL object, or nothing as first argument", () => {
    expect(io({ autoConnect: false }).io.opts.autoConnect).toBe(false);
    expect(io(undefined, { autoConnect: false }).io.opts.autoConnect).toBe(false);
    expect(io(new URL("http://other/n?x=1"), { autoConnect: false }).nsp).toBe("/n");
    expect(io(Object(null)).nsp).toBe("/");
  });

  it("passes the query of the URI on, and leaves the program's options alone", () => {
    const options = { autoConnect: false };
    expect(io("http://h/?a=1", options).io.opts.query).toEqual({ a: "1" });
    expect(options).toEqual({ autoConnect: false });
  });

  it("gives each socket of a shared manager its own credentials", () => {
    io("http://h/a", { auth: { n: 1 } });
    expect(io("http://h/b", { auth: { n: 2 } }).auth).toEqual({ n: 2 });
  });

  it("throws without a page for what is not absolute", () => {
    platform.page = undefined;
    expect(() => io("/admin")).toThrow(Error);
    expect(() => io()).toThrow(Error);
  });
});
