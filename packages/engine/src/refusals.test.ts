import { describe, expect, it } from "vitest";
import { errorCodes, serverClosed } from "./errors.ts";
import { createRefusalReply, upgradeStatusOf, wireMessageOf } from "./refusals.ts";

describe("refusals on the wire (EIO §7.3)", () => {
  it("are 403 for code 4 and 400 otherwise; of a limit 503", () => {
    const statuses = Object.values(errorCodes).map(
      (code) => createRefusalReply({ code, context: {} }).status,
    );
    expect(statuses).toEqual([400, 400, 400, 400, 403, 400]);
    const limited = { code: 4, context: {}, retryAfterSeconds: 1 } as const;
    expect(createRefusalReply(limited)).toMatchObject({ status: 503, headers: { "Retry-After": 1 } });
  });

  it("write code and message, in this order", () => {
    expect(createRefusalReply({ code: 1, context: {} })).toEqual({
      status: 400,
      headers: { "Content-Type": "application/json" },
      endsConnection: false,
      body: '{"code":1,"message":"Session ID unknown"}',
    });
    expect(createRefusalReply({ code: 4, context: {}, wireMessage: "over quota" }).body).toBe(
      '{"code":4,"message":"over quota"}',
    );
    expect(wireMessageOf({ code: 4, context: {}, wireMessage: "" })).toBe("Forbidden");
  });

  it("of upgrades are 400 for every code but those of a limit", () => {
    const statuses = Object.values(errorCodes).map((code) => upgradeStatusOf({ code, context: {} }));
    expect(new Set(statuses)).toEqual(new Set([400]));
    expect(upgradeStatusOf({ code: 4, context: {}, retryAfterSeconds: 1 })).toBe(503);
  });

  it("end the connection when the server is closed, so that nobody comes back on it", () => {
    const reply = createRefusalReply(serverClosed);
    expect([reply.status, reply.headers["Retry-After"], reply.endsConnection]).toEqual([503, 1, true]);
  });
});
