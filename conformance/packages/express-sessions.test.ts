import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { until, within } from "../wire/deadline.ts";
import { type Client, connect } from "./client.ts";
import {
  type InstalledPrograms,
  installPrograms,
  missingServer,
  type RunningProgram,
} from "./installed-programs.ts";

const reason = missingServer;

let programs: InstalledPrograms;

beforeAll(() => {
  if (reason === undefined) programs = installPrograms();
});

afterAll(() => programs?.remove());

describe.skipIf(reason !== undefined).each(["polling", "websocket"])(
  `express-session and passport, over %s${reason ? ` (${reason})` : ""}`,
  (transport) => {
    let application: RunningProgram;
    const clients: Client[] = [];

    beforeAll(async () => {
      application = await programs.start("express-sessions.cjs");
    });

    afterEach(() => {
      for (const { socket } of clients.splice(0)) socket.disconnect();
    });

    afterAll(async () => {
      await application?.stop();
    });

    async function post(path: string, cookie = "", body: object = {}): Promise<Response> {
      const headers = { cookie, "content-type": "application/json" };
      return fetch(application.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    }

    async function join(cookie: string, path = "/socket.io/"): Promise<Client> {
      const options = { path, transports: [transport], extraHeaders: { cookie }, reconnection: false };
      const client = await connect(application.url, options);
      clients.push(client);
      return client;
    }

    it("share one session between HTTP requests and sockets", async () => {
      const response = await post("/increase");
      const cookie = cookieOf(response);
      expect(await response.json()).toBe(1);
      const { socket } = await join(cookie);
      expect(await socket.emitWithAck("increase")).toBe(2);
      expect(await (await post("/increase", cookie)).json()).toBe(3);
      expect(await socket.emitWithAck("increase")).toBe(4);
    });

    // As with upstream, express-session stores a fresh session at the end of a response: a handshake over WebSocket
    // alone has none.
    it("store a fresh session with the response of a polling handshake", async () => {
      const response = await fetch(`${application.url}/socket.io/?EIO=4&transport=polling`);
      const { socket } = await join(cookieOf(response));
      expect(await socket.emitWithAck("increase")).toBe(1);
      expect(await (await post("/increase", cookieOf(response))).json()).toBe(2);
    });

    it("disconnect the sockets of a session that ends", async () => {
      const cookie = cookieOf(await post("/increase"));
      const { socket } = await join(cookie);
      const gone = new Promise((resolve) => socket.once("disconnect", resolve));
      await post("/logout", cookie);
      expect(await within(gone, "disconnection")).toBe("io server disconnect");
    });

    it("let in only who is logged in, and tell the socket who that is", async () => {
      const refused = await post("/login", "", { username: "ada", password: "wrong" });
      expect(refused.status).toBe(401);
      await expect(join(cookieOf(refused), "/private/")).rejects.toThrow(/error/);
      const response = await post("/login", "", { username: "ada", password: "right" });
      const { received } = await join(cookieOf(response), "/private/");
      await until(() => received.length === 1, "an event");
      expect(received).toEqual([["user", { name: "ada" }]]);
    });
  },
);

function cookieOf(response: Response): string {
  const [cookie = ""] = response.headers.getSetCookie();
  return cookie.split(";")[0] ?? "";
}
