import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until, within } from "../wire/deadline.ts";
import { type Client, connect } from "./client.ts";
import {
  type InstalledPrograms,
  installPrograms,
  missingServer,
  type RunningProgram,
} from "./installed-programs.ts";

const reason = missingServer;

describe.skipIf(reason !== undefined)(`@nestjs/platform-socket.io${reason ? ` (${reason})` : ""}`, () => {
  let programs: InstalledPrograms;
  let application: RunningProgram;
  let first: Client;
  let second: Client;

  beforeAll(async () => {
    programs = installPrograms(["@nestjs/platform-socket.io"]);
    application = await programs.start("nest-gateway.cjs");
    first = await connect(application.url);
    second = await connect(application.url, { transports: ["websocket"] });
  });

  afterAll(async () => {
    first?.socket.disconnect();
    second?.socket.disconnect();
    await application?.stop();
    programs?.remove();
  });

  async function expectEvents(client: Client, events: unknown[][]): Promise<void> {
    await until(() => client.received.length >= events.length, JSON.stringify(events));
    expect(client.received.splice(0)).toEqual(events);
  }

  it("loads our server as socket.io", async () => {
    expect(await application.call("serverPackage")).toBe("@tautline/server");
  });

  it("answers an event with what its handler returns: an acknowledgement, an event or several", async () => {
    expect(await first.socket.emitWithAck("double", 21)).toBe(42);
    first.socket.emit("greet", "Ada");
    first.socket.emit("count", 3);
    await expectEvents(first, [
      ["greeting", "hello, Ada"],
      ["number", 1],
      ["number", 2],
      ["number", 3],
    ]);
  });

  it("tells the client of an exception, by Nest's own filter and by the application's", async () => {
    first.socket.emit("refuse", {});
    first.socket.emit("overflow", {});
    await expectEvents(first, [
      ["exception", expect.objectContaining({ status: "error", message: "not you" })],
      ["filtered", { message: "too far", pattern: "overflow" }],
    ]);
  });

  it("broadcasts to a room, from a socket and from the server", async () => {
    expect(await first.socket.emitWithAck("join", "lobby")).toBe("lobby");
    expect(await second.socket.emitWithAck("join", "lobby")).toBe("lobby");
    first.socket.emit("announce", "lunch");
    await expectEvents(first, [
      ["joined", second.socket.id],
      ["announced", "lunch"],
    ]);
    await expectEvents(second, [["announced", "lunch"]]);
  });

  it("serves namespaces that a pattern makes", async () => {
    const [seven, eight] = [
      await connect(`${application.url}/tenant-7`),
      await connect(`${application.url}/tenant-8`),
    ];
    expect(await seven.socket.emitWithAck("which", {})).toBe("/tenant-7");
    expect(await eight.socket.emitWithAck("which", {})).toBe("/tenant-8");
    seven.socket.emit("shout", "to all tenants");
    await expectEvents(seven, [["shouted", "to all tenants"]]);
    await expectEvents(eight, [["shouted", "to all tenants"]]);
    seven.socket.disconnect();
    eight.socket.disconnect();
  });

  it("calls the hooks of a gateway, and closes every socket with the application", async () => {
    const gone = new Promise((resolve) => first.socket.once("disconnect", resolve));
    const { id } = second.socket;
    second.socket.disconnect();
    const hooks = async () => (await application.call("hooks")) as unknown[];
    await until(
      async () => JSON.stringify(await hooks()).includes(`["disconnect","${id}"]`),
      "disconnect hook",
    );
    expect(await hooks()).toEqual([
      ["init", "function"],
      ["connection", first.socket.id],
      ["connection", id],
      ["disconnect", id],
    ]);
    await application.call("close");
    expect(await within(gone, "disconnection")).toBe("transport close");
  });
});
