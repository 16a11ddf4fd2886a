import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { decideHandshake, type HandshakeDecision, type HandshakeRules } from "./handshake.ts";

async function decide(rules: Partial<HandshakeRules<string>>, protocol: 3 | 4 = 4) {
  const clock = new ManualClock();
  const decisions: HandshakeDecision[] = [];
  const all: HandshakeRules<string> = {
    clock,
    report: () => {},
    allowRequest: undefined,
    isRevision3Allowed: false,
    generateId: () => "id",
    isIdTaken: () => false,
    ...rules,
  };
  decideHandshake("request", protocol, all, (decision) => decisions.push(decision));
  await Promise.resolve();
  await Promise.resolve();
  clock.settle();
  return decisions;
}
const refused = (code: number, context: object, more: object = {}) => [
  { ok: false, refusal: { code, context, ...more } },
];

describe("decideHandshake", () => {
  it("admits at once when nothing is asked", async () => {
    expect(await decide({})).toEqual([{ ok: true, id: "id" }]);
  });

  it("hands allowRequest's message to the peer when it is truthy (EIO §7.3)", async () => {
    expect(await decide({ allowRequest: (_, done) => done(null, false) })).toEqual(
      refused(4, { message: null }),
    );
    expect(await decide({ allowRequest: (_, done) => done("over quota", false) })).toEqual(
      refused(4, { message: "over quota" }, { wireMessage: "over quota" }),
    );
    expect(await decide({ allowRequest: (_, done) => done("ignored", true) })).toEqual([
      { ok: true, id: "id" },
    ]);
  });

  it("counts the first answer of allowRequest only", async () => {
    const twice = (_: string, done: (message: null, success: boolean) => void) => {
      done(null, true);
      done(null, false);
    };
    expect(await decide({ allowRequest: twice })).toEqual([{ ok: true, id: "id" }]);
  });

  it("lets nobody in when allowRequest throws or rejects", async () => {
    const error = new Error("database is down");
    const throwing = () => {
      throw error;
    };
    expect(await decide({ allowRequest: throwing })).toEqual(refused(4, { message: undefined, error }));
    expect(await decide({ allowRequest: () => Promise.reject(error) })).toEqual(
      refused(4, { message: undefined, error }),
    );
  });

  it("reports what allowRequest throws, or rejects with, after it has answered too", async () => {
    const reported: unknown[] = [];
    const report = (error: unknown) => reported.push(error);
    const throwing = (_: string, done: (message: null, success: boolean) => void) => {
      done(null, true);
      throw "too late";
    };
    expect(await decide({ allowRequest: throwing, report })).toEqual([{ ok: true, id: "id" }]);
    const rejecting = async (_: string, done: (message: null, success: boolean) => void) => {
      done(null, true);
      throw "later still";
    };
    expect(await decide({ allowRequest: rejecting, report })).toEqual([{ ok: true, id: "id" }]);
    await decide({ allowRequest: () => Promise.reject("at once"), report });
    expect(reported).toEqual(["too late", "later still", "at once"]);
  });

  it("reports that generateId failed, besides the refusal", async () => {
    const reported: unknown[] = [];
    const report = (error: unknown) => reported.push(error);
    await decide({ generateId: () => Promise.reject("no id"), report });
    await decide({ generateId: () => "", report });
    await decide({ generateId: () => "taken", isIdTaken: () => true, report });
    expect(reported).toEqual([
      "no id",
      expect.objectContaining({ message: "a session id must be text, not empty" }),
      expect.objectContaining({ message: 'the generated session id "taken" is in use' }),
    ]);
  });

  it("asks for revision 3 after allowRequest (EIO §7.1.7a)", async () => {
    expect(await decide({}, 3)).toEqual(refused(5, { protocol: 3 }));
    expect(await decide({ allowRequest: (_, done) => done(null, false) }, 3)).toEqual(
      refused(4, { message: null }),
    );
    expect(await decide({ isRevision3Allowed: true }, 3)).toEqual([{ ok: true, id: "id" }]);
  });

  it("takes ids that come later, and numbers", async () => {
    expect(await decide({ generateId: () => Promise.resolve("late") })).toEqual([{ ok: true, id: "late" }]);
    expect(await decide({ generateId: () => 1 })).toEqual([{ ok: true, id: "1" }]);
  });

  it("refuses when the id fails (EIO §7.1.7b)", async () => {
    const error = new Error("no id");
    const throwing = () => {
      throw error;
    };
    const context = { name: "ID_GENERATION_ERROR", error };
    expect(await decide({ generateId: throwing })).toEqual(refused(3, context));
    expect(await decide({ generateId: () => Promise.reject(error) })).toEqual(refused(3, context));
  });

  it("refuses ids that are empty, no text, or in use", async () => {
    const rules: Partial<HandshakeRules<string>>[] = [
      { generateId: () => "" },
      { generateId: () => undefined },
      { generateId: () => ({}) },
      { isIdTaken: () => true },
    ];
    for (const rule of rules) {
      const [decision] = await decide(rule);
      expect(decision).toMatchObject({
        ok: false,
        refusal: { code: 3, context: { name: "ID_GENERATION_ERROR" } },
      });
    }
  });
});
