import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { missing } from "../peers/availability.ts";
import { itUnless } from "../suites/it-unless.ts";
import { until, within } from "../wire/deadline.ts";
import { openAdminUi } from "./admin-ui-page.ts";
import { type Client, connect } from "./client.ts";
import {
  type InstalledPrograms,
  installPrograms,
  missingServer,
  type RunningProgram,
  startWithUpstream,
} from "./installed-programs.ts";

// What `instrument()` of @socket.io/admin-ui tells its front-end about our server, beside what it tells about
// upstream's, and that front-end itself.

const reason = missingServer;

const noAuth = { auth: false, mode: "development", serverId: "one" };
const credentials = { username: "admin", password: "correct horse" };
const basicAuth = {
  ...noAuth,
  auth: {
    type: "basic",
    username: credentials.username,
    password: "$2a$04$7fjPSmb246FM53UmBTeW6OKLlRoKhuVlCt4C7QcWP7NVtEBexugBu",
  },
};

describe.skipIf(reason !== undefined)(`@socket.io/admin-ui${reason ? ` (${reason})` : ""}`, () => {
  let programs: InstalledPrograms;
  /** What one test started, to be stopped in reverse. */
  const opened: (() => unknown)[] = [];

  beforeAll(() => {
    programs = installPrograms(["@socket.io/admin-ui"]);
  });

  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  afterAll(() => programs?.remove());

  async function start(maker: "ours" | "upstream", options: object): Promise<RunningProgram> {
    const args = ["instrumented.cjs", JSON.stringify(options)] as const;
    const server = await (maker === "ours" ? programs.start(...args) : startWithUpstream(...args));
    opened.push(() => server.stop());
    return server;
  }

  /** A client over WebSocket alone, so that no upgrade happens at a moment of its own. */
  async function join(url: string, auth: object = {}): Promise<Client> {
    const client = await connect(url, { transports: ["websocket"], auth });
    opened.push(() => client.socket.disconnect());
    return client;
  }

  /** What the front-end is told while clients come, act, are acted upon, and go. */
  async function recordTranscript(server: RunningProgram): Promise<unknown[]> {
    const user = await join(server.url);
    const admin = await join(`${server.url}/admin`);
    const told = (event: string, count = 1) =>
      until(() => admin.received.filter(([name]) => name === event).length >= count, `${count} ${event}`);
    await told("all_sockets");
    await user.socket.emitWithAck("join", "lobby");
    await user.socket.emitWithAck("set", "second", { deep: [2] });
    await user.socket.emitWithAck("double", 4);
    const buyer = await join(`${server.url}/orders`);
    const tenant = await join(`${server.url}/tenant-5`);
    await told("socket_connected", 3);
    admin.socket.emit("join", "/", "chosen", user.socket.id);
    admin.socket.emit("leave", "/", "chosen", user.socket.id);
    await told("room_left");
    admin.socket.emit("join", "/", "everybody");
    admin.socket.emit("emit", "/", user.socket.id, "hello", 1, [2]);
    await told("event_sent", 2);
    await until(() => user.received.length === 1, "the event that the admin sent");
    expect(user.received).toEqual([["hello", 1, [2]]]);
    const gone = new Promise((resolve) => buyer.socket.once("disconnect", resolve));
    admin.socket.emit("_disconnect", "/orders", false, buyer.socket.id);
    expect(await within(gone, "disconnection")).toBe("io server disconnect");
    await told("room_left", 2);
    tenant.socket.disconnect();
    await told("room_left", 3);
    const ids = [user, admin, buyer, tenant].map(({ socket }) => `${socket.id}`);
    ids[2] = `${buyer.received[0]?.[1]}`;
    ids[3] = `${findConnected(admin, "/tenant-5")}`;
    return mask(admin.received, ids);
  }

  it("tells its front-end the same of our server as of upstream's", async () => {
    const ours = await recordTranscript(await start("ours", noAuth));
    const upstreams = await recordTranscript(await start("upstream", noAuth));
    expect(ours).toEqual(upstreams);
    expect(ours.length).toBeGreaterThan(15);
  });

  it("counts sessions, packets and bytes of our server", async () => {
    const server = await start("ours", { ...noAuth, mode: "production" });
    const user = await join(server.url);
    await user.socket.emitWithAck("double", 4);
    const admin = await join(`${server.url}/admin`);
    await until(() => admin.received.some(([name]) => name === "server_stats"), "server_stats");
    expect(admin.received).toEqual([
      ["config", { supportedFeatures: expect.arrayContaining(["AGGREGATED_EVENTS"]) }],
      ["server_stats", expect.objectContaining({ serverId: "one", clientsCount: 2, pollingClientsCount: 0 })],
    ]);
    const stats = admin.received[1]?.[1] as Stats;
    const types = stats.aggregatedEvents.filter(({ count }) => count > 0).map(({ type }) => type);
    expect(new Set(types)).toEqual(
      new Set(["rawConnection", "packetsIn", "bytesIn", "packetsOut", "bytesOut"]),
    );
    expect(stats.namespaces).toEqual(expect.arrayContaining([{ name: "/", socketsCount: 1 }]));
  });

  it("lets in whoever knows the password or has a session, and nobody else", async () => {
    const { url } = await start("ours", { ...basicAuth, namespaceName: "/office" });
    for (const auth of [{}, { ...credentials, password: "wrong" }, { sessionId: "unknown" }]) {
      await expect(join(`${url}/office`, auth)).rejects.toThrow("invalid credentials");
    }
    const first = await join(`${url}/office`, credentials);
    await until(() => first.received.some(([name]) => name === "session"), "session");
    const [, sessionId] = first.received.find(([name]) => name === "session") ?? [];
    const second = await join(`${url}/office`, { sessionId });
    await until(() => second.received.some(([name]) => name === "config"), "config");
  });

  it("obeys no command when it is read-only", async () => {
    const { url } = await start("ours", { ...noAuth, readonly: true });
    const user = await join(url);
    const admin = await join(`${url}/admin`);
    admin.socket.emit("join", "/", "chosen", user.socket.id);
    await user.socket.emitWithAck("join", "own");
    await until(() => admin.received.some(([name]) => name === "room_joined"), "room_joined");
    const rooms = admin.received.filter(([name]) => name === "room_joined").map(([, , room]) => room);
    expect(rooms).not.toContain("chosen");
    expect(rooms).toContain("own");
  });

  const noBrowser = missing("chromium with socket.io-client 4");

  itUnless(
    noBrowser,
    "shows a client of our server in its front-end, and disconnects it from there",
    async () => {
      const { url } = await start("ours", basicAuth);
      const user = await join(url);
      const ui = await openAdminUi();
      opened.push(() => ui.close());
      await ui.logIn(url, credentials.username, "wrong");
      await ui.page.getByText("invalid credentials").waitFor();
      await ui.logIn(url, credentials.username, credentials.password);
      await ui.page.getByText("connected", { exact: true }).first().waitFor();
      await ui.open("/sockets/");
      const row = ui.page.locator("tbody tr", { hasText: `${user.socket.id}` });
      await row.waitFor();
      expect(await row.textContent()).toContain("WebSocket");
      const gone = new Promise((resolve) => user.socket.once("disconnect", resolve));
      await row.getByRole("button").last().click();
      expect(await within(gone, "disconnection")).toBe("io server disconnect");
      await ui.page.getByText("disconnected", { exact: true }).first().waitFor();
    },
  );

  itUnless(noBrowser, "shows our server in its front-end in production mode", async () => {
    const { url } = await start("ours", { ...basicAuth, mode: "production" });
    const ui = await openAdminUi();
    opened.push(() => ui.close());
    await ui.logIn(url, credentials.username, credentials.password);
    await ui.page.getByText("connected", { exact: true }).first().waitFor();
    await ui.open("/servers/");
    await ui.page.locator("tbody tr", { hasText: "one" }).waitFor();
  });
});

interface Stats {
  readonly aggregatedEvents: readonly { readonly type: string; readonly count: number }[];
  readonly namespaces: readonly unknown[];
}

function findConnected(admin: Client, nsp: string): unknown {
  const event = admin.received.find(([name, socket]) => name === "socket_connected" && isOf(socket, nsp));
  return isOf(event?.[1], nsp) ? event[1].id : undefined;
}

function isOf(socket: unknown, nsp: string): socket is { readonly id: string } {
  return (
    typeof socket === "object" && socket !== null && "nsp" in socket && "id" in socket && socket.nsp === nsp
  );
}

/** The events without what differs from run to run; statistics come whenever their time is up. */
function mask(events: readonly unknown[][], ids: readonly string[]): unknown[] {
  let text = JSON.stringify(events.filter(([name]) => name !== "server_stats"));
  for (const [index, id] of ids.entries()) text = text.replaceAll(id, `socket ${index}`);
  return JSON.parse(text, (key, value: unknown) => {
    if (["clientId", "issued", "time", "host", "sec-websocket-key"].includes(key))
      return `some ${typeof value}`;
    return typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? "some date" : value;
  });
}
