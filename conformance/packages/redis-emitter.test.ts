import { Emitter } from "@socket.io/redis-emitter";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until, within } from "../wire/deadline.ts";
import { type Client, connect } from "./client.ts";
import {
  type InstalledPrograms,
  installPrograms,
  missingServer,
  type RunningProgram,
} from "./installed-programs.ts";
import { missingRedis, type RedisServer, startRedis } from "./redis-server.ts";

const reason = missingServer ?? missingRedis;

describe.skipIf(reason !== undefined)(`@socket.io/redis-emitter${reason ? ` (${reason})` : ""}`, () => {
  let programs: InstalledPrograms;
  let redis: RedisServer;
  let node: RunningProgram;
  let client: Client;
  let emitter: Emitter;
  let closeEmitter: () => Promise<unknown>;

  beforeAll(async () => {
    programs = installPrograms();
    redis = await startRedis();
    node = await programs.start("redis-node.cjs", "a", "classic", "redis", `${redis.port}`);
    client = await connect(node.url);
    const publisher = createClient({ url: `redis://127.0.0.1:${redis.port}` });
    await publisher.connect();
    emitter = new Emitter(publisher);
    closeEmitter = () => publisher.close();
  });

  afterAll(async () => {
    client?.socket.disconnect();
    await closeEmitter?.();
    await node?.stop();
    await redis?.stop();
    programs?.remove();
  });

  const socketId = () => `${client.socket.id}`;

  async function roomsOf(id: string): Promise<string[]> {
    const sockets = await node.call("fetchSockets", id);
    return (sockets as { rooms: string[] }[])[0]?.rooms ?? [];
  }

  it("reaches the clients of our server, also by room, and with binary data", async () => {
    emitter.except(socketId()).emit("to others");
    emitter.emit("to all", Buffer.from([0, 255]));
    emitter.to("a").emit("to a", { x: 1 });
    await until(() => client.received.length === 2, "two events");
    expect(client.received.splice(0)).toEqual([
      ["to all", Buffer.from([0, 255])],
      ["to a", { x: 1 }],
    ]);
  });

  it("moves the sockets of our server into rooms and out", async () => {
    emitter.in(socketId()).socketsJoin("chosen");
    await until(async () => (await roomsOf(socketId())).includes("chosen"), "member of the room");
    emitter.in("chosen").socketsLeave("chosen");
    await until(async () => !(await roomsOf(socketId())).includes("chosen"), "no member of the room");
  });

  it("tells our server an event of the cluster", async () => {
    emitter.serverSideEmit("tell", "from outside", 7);
    const told = async () => JSON.stringify(await node.call("told"));
    await until(async () => (await told()) === '[["from outside",7]]', "event of the cluster");
  });

  it("disconnects the sockets of our server", async () => {
    const gone = new Promise((resolve) => client.socket.once("disconnect", resolve));
    emitter.in("a").disconnectSockets(true);
    expect(await within(gone, "disconnection")).toBe("io server disconnect");
  });
});
