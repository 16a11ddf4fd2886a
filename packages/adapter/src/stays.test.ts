import { describe, expect, it } from "vitest";
import { Stays, stayFrom } from "./stays.ts";

describe("the stays of a socket", () => {
  it("go on in the rooms in which it is, from where it joined", () => {
    const stays = new Stays();
    stays.enter("a", "r", 5);
    stays.enter("a", "r", 9);
    stays.enter("b", "r", 7);
    expect(stays.of("a", ["a", "r"])).toEqual([stayFrom("a", 0), stayFrom("r", 5)]);
  });

  it("end where it leaves, and begin anew", () => {
    const stays = new Stays();
    stays.enter("a", "r", 5);
    stays.exit("a", "r", 8, 1_000, 0);
    stays.enter("a", "r", 9);
    expect(stays.of("a", ["r"])).toMatchObject([stayFrom("r", 9), { room: "r", from: 5, to: 8 }]);
  });

  it("are not remembered when nothing was sent in them, nor for longer than a loss may go unnoticed", () => {
    const stays = new Stays();
    stays.enter("a", "quiet", 5);
    stays.exit("a", "quiet", 5, 1_000, 0);
    expect(stays.of("a", [])).toEqual([]);
    stays.enter("a", "r", 5);
    stays.exit("a", "r", 6, 1_000, 0);
    stays.enter("a", "s", 5);
    stays.exit("a", "s", 6, 2_000, 1_001);
    expect(stays.of("a", []).map(({ room }) => room)).toEqual(["s"]);
  });

  it("are the same when it has come back, and are then remembered anew", () => {
    const stays = new Stays();
    stays.enter("a", "r", 5);
    stays.enter("a", "s", 5);
    stays.exit("a", "s", 6, 1_000, 0);
    const before = stays.of("a", ["a", "r"]);
    stays.forget("a");
    expect(stays.of("a", ["r"])).toEqual([stayFrom("r", 0)]);
    stays.resume("a", before, 8_500);
    stays.enter("a", "r", 50);
    stays.enter("a", "t", 50);
    stays.exit("a", "t", 51, 9_000, 8_000);
    expect(stays.of("a", ["a", "r"])).toMatchObject([
      stayFrom("a", 0),
      stayFrom("r", 5),
      { room: "s", from: 5, to: 6 },
      { room: "t", from: 50, to: 51 },
    ]);
  });
});
