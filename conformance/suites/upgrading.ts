import { describe, expect, it } from "vitest";
import { upgraded } from "../peers/connect-client.ts";
import { pause } from "../wire/deadline.ts";
import type { Stage } from "./stage.ts";

const COUNT = 2_000;

/** The move to WebSocket while events travel in both directions (EIO §13). */
export function upgrading(stage: Stage): void {
  describe("upgrading", () => {
    it("loses and reorders nothing while the transport changes under traffic", async () => {
      const client = await stage.start();
      await client.inbox.next("connect");
      client.emit("drip", COUNT);
      for (let n = 0; n < COUNT; n += 1) {
        client.emit("count", n);
        if (n % 10 === 9) await pause(1);
      }
      const ticks = await client.inbox.take("tick", COUNT);
      await upgraded(client);
      expect(ticks.findIndex(([n], at) => n !== at)).toBe(-1);
      expect(await client.ask("counted")).toEqual([COUNT, true]);
      expect(client.inbox.pending("disconnect")).toEqual([]);
    });

    it("upgrades a dozen clients at once, each with traffic of its own", async () => {
      const clients = await Promise.all(Array.from({ length: 12 }, () => stage.start()));
      await Promise.all(
        clients.map(async (client) => {
          await client.inbox.next("connect");
          client.emit("drip", 200);
          const ticks = await client.inbox.take("tick", 200);
          await upgraded(client);
          expect(ticks.findIndex(([n], at) => n !== at)).toBe(-1);
        }),
      );
    });
  });
}
