import { describe, expect, it } from "vitest";
import { refuseTooManyRooms } from "./room-limit.ts";

describe("the limit of rooms", () => {
  it("holds on both sides of its edge, and counts each room once", () => {
    expect(() => refuseTooManyRooms(2, () => ["a", "b", "a"])).not.toThrow();
    expect(() => refuseTooManyRooms(2, () => ["a", "b", "c"])).toThrow("a socket may be in 2 rooms");
  });

  it("asks for no rooms when there is none", () => {
    refuseTooManyRooms(Number.POSITIVE_INFINITY, () => expect.unreachable());
  });
});
