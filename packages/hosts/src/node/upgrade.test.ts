import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";

const HANDSHAKE = [
  "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1",
  "Host: x",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
].join("\r\n");

let test: TestEngine;
afterEach(() => test.close());

describe("an upgrade that the program has not decided on", () => {
  it.each(["end", "destroy", "resetAndDestroy"] as const)(
    "is given up when the client leaves by %s",
    async (leave) => {
      test = await TestEngine.start({ allowRequest: () => {} });
      const client = connect(test.port, "127.0.0.1");
      client.on("error", () => {});
      const upgraded = once(test.http, "upgrade");
      client.write(HANDSHAKE);
      const [, peer] = await upgraded;
      const closed = new Promise<void>((resolve) => peer.once("close", () => resolve()));
      client[leave]();
      await closed;
      expect(peer.destroyed).toBe(true);
      client.destroy();
    },
  );
});
