import { describe, expect, it } from "vitest";
import { checkOptions } from "./check-options.ts";
import type { SocketOptions } from "./options.ts";

describe("the options of a server", () => {
  it("are taken when they can be meant", () => {
    const options: SocketOptions[] = [
      {},
      { slowConsumer: "drop-oldest", maxNamespaces: 1, maxRoomsPerSocket: Number.POSITIVE_INFINITY },
      { limits: { events: 0.5, bytes: 1 }, connectionStateRecovery: { maxSessions: 1 } },
    ];
    for (const one of options) expect(() => checkOptions(one)).not.toThrow();
  });

  it.each([
    [
      { slowConsumer: "pause" },
      'slowConsumer must be one of "disconnect", "drop-volatile", "drop-oldest", not "pause"',
    ],
    [{ maxNamespaces: 0 }, "maxNamespaces must be a number above 0, not 0"],
    [{ maxRoomsPerSocket: "many" }, 'maxRoomsPerSocket must be a number above 0, not "many"'],
    [{ limits: { events: Number.NaN } }, "limits.events must be a number above 0, not NaN"],
    [{ limits: { bytes: -1 } }, "limits.bytes must be a number above 0, not -1"],
    [
      { connectionStateRecovery: { maxHistoryBytes: null } },
      "connectionStateRecovery.maxHistoryBytes must be a number above 0, not null",
    ],
  ])("are refused when they cannot: %o", (options, message) => {
    expect(() => checkOptions(options as SocketOptions)).toThrow(
      expect.objectContaining({ code: "SIO_INVALID_OPTION", message }),
    );
  });
});
