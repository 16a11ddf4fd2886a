// The demo as users meet it: its own process, stock clients over the wire, and a real browser on its page.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const entry = fileURLToPath(new URL("server.mjs", import.meta.url));

interface Member {
  readonly id: string;
  readonly name: string;
}

interface Message {
  readonly id: string;
  readonly room: string;
  readonly from: Member;
  readonly text: string;
  readonly at: number;
}

interface ChatEvents {
  "chat:message": (message: Message) => void;
  "chat:presence": (presence: { room: string; members: Member[] }) => void;
  "chat:typing": (notice: { room: string; from: Member; isTyping: boolean }) => void;
}

interface Answer {
  readonly members: Member[];
  readonly id: string;
  readonly at: number;
  readonly error?: { code: string; message: string };
}

/** What the tests send may be anything. */
type Request = (input: unknown, ack: (answer: Answer) => void) => void;

interface ChatRequests {
  "chat:join": Request;
  "chat:leave": Request;
  "chat:send": Request;
  "chat:typing": Request;
  "chat:ping": (ack: (answer: Answer) => void) => void;
}

type Client = Socket<ChatEvents, ChatRequests>;

let demo: ChildProcess;
let url: string;

beforeAll(async () => {
  demo = spawn(process.execPath, [entry], { env: { ...process.env, PORT: "0" } });
  url = await new Promise((resolve, reject) => {
    const output: string[] = [];
    const onText = (text: Buffer) => {
      output.push(String(text));
      const address = /http:\/\/localhost:\d+/.exec(output.join(""))?.[0];
      if (address !== undefined) resolve(address);
    };
    demo.stdout?.on("data", onText);
    demo.stderr?.on("data", onText);
    demo.once("exit", () => reject(new Error(`the demo ended (npm run build?):\n${output.join("")}`)));
  });
});

afterAll(async () => {
  if (demo.exitCode !== null) return;
  const ended = new Promise((resolve) => demo.once("exit", resolve));
  demo.kill();
  await ended;
});

describe("the chat over the wire", () => {
  const clients: Client[] = [];

  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });

  function connect(auth: object, options: object = {}): Client {
    const client: Client = io(url, { auth, forceNew: true, ...options });
    clients.push(client);
    return client;
  }

  async function join(auth: object, room: string, options: object = {}): Promise<Client> {
    const client = connect(auth, options);
    await client.emitWithAck("chat:join", room);
    return client;
  }

  it("acknowledges a join with the members, and tells the others who is there", async () => {
    const ann = await join({ name: "Ann" }, "presence");
    const presence = next(ann, "chat:presence", ({ members }) => members.length === 2);
    const bob = connect({ name: "Bob" });
    const answer = await bob.emitWithAck("chat:join", "presence");
    expect(answer.members).toEqual([
      { id: ann.id, name: "Ann" },
      { id: bob.id, name: "Bob" },
    ]);
    expect(await presence).toEqual({ room: "presence", members: answer.members });
    const left = next(ann, "chat:presence", ({ members }) => members.length === 1);
    bob.disconnect();
    expect((await left).members).toEqual([{ id: ann.id, name: "Ann" }]);
  });

  it("gives a name to who brings none", async () => {
    const client = connect({});
    const { members } = await client.emitWithAck("chat:join", "nameless");
    expect(members).toEqual([{ id: client.id, name: expect.stringMatching(/^Guest \S+$/) }]);
  });

  it("broadcasts a message to the whole room, its sender included, under the acknowledged id", async () => {
    const [ann, bob] = await Promise.all([join({ name: "Ann" }, "talk"), join({ name: "Bob" }, "talk")]);
    const outsider = await join({ name: "Eve" }, "elsewhere");
    const heard: Message[] = [];
    outsider.on("chat:message", (message) => heard.push(message));
    const received = [ann, bob].map((client) => next(client, "chat:message"));
    const { id, at } = await ann.emitWithAck("chat:send", { room: "talk", text: " hello " });
    const expected = { id, room: "talk", from: { id: ann.id, name: "Ann" }, text: "hello", at };
    expect(await Promise.all(received)).toEqual([expected, expected]);
    await outsider.emitWithAck("chat:ping");
    expect(heard).toEqual([]);
  });

  it("passes typing notices to the others of the room", async () => {
    // The notices are volatile: on polling one is dropped that finds no request to answer.
    const direct = { transports: ["websocket"] };
    const [ann, bob] = await Promise.all([
      join({ name: "Ann" }, "typing", direct),
      join({ name: "Bob" }, "typing", direct),
    ]);
    const own: unknown[] = [];
    ann.on("chat:typing", (notice) => own.push(notice));
    const notice = next(bob, "chat:typing");
    await ann.emitWithAck("chat:typing", { room: "typing", isTyping: true });
    expect(await notice).toEqual({ room: "typing", from: { id: ann.id, name: "Ann" }, isTyping: true });
    await ann.emitWithAck("chat:ping");
    expect(own).toEqual([]);
  });

  it.each([
    ["chat:join", undefined, "INVALID_ROOM"],
    ["chat:join", "   ", "INVALID_ROOM"],
    ["chat:join", "r".repeat(41), "INVALID_ROOM"],
    ["chat:join", "two\nlines", "INVALID_ROOM"],
    ["chat:leave", "never joined", "NOT_IN_ROOM"],
    ["chat:send", null, "INVALID_ROOM"],
    ["chat:send", { room: "input", text: 7 }, "INVALID_TEXT"],
    ["chat:send", { room: "input", text: "" }, "INVALID_TEXT"],
    ["chat:send", { room: "never joined", text: "hello" }, "NOT_IN_ROOM"],
    ["chat:typing", { room: "input", isTyping: "yes" }, "INVALID_TYPING"],
  ] as const)("answers %s %j with the error %s", async (event, input, code) => {
    const client = await join({ name: "Ann" }, "input");
    const answer = await client.emitWithAck(event, input);
    expect(answer).toEqual({ error: { code, message: expect.any(String) } });
  });

  it("takes a room of 40 characters and a text of 2,000, and no longer one", async () => {
    const room = "r".repeat(40);
    const client = await join({ name: "Ann" }, room);
    const answer = await client.emitWithAck("chat:send", { room, text: "x".repeat(2_000) });
    expect(answer.error).toBeUndefined();
    const refused = await client.emitWithAck("chat:send", { room, text: "x".repeat(2_001) });
    expect(refused.error).toEqual({
      code: "INVALID_TEXT",
      message: "text has 2001 characters; the most is 2000",
    });
  });

  it("takes a member into 20 rooms and not into one more", async () => {
    const client = connect({ name: "Ann" });
    for (let count = 1; count <= 20; count++) await client.emitWithAck("chat:join", `many ${count}`);
    const refused = await client.emitWithAck("chat:join", "many 21");
    const again = await client.emitWithAck("chat:join", { room: "many 3" });
    expect(refused.error?.code).toBe("TOO_MANY_ROOMS");
    expect(again.members).toHaveLength(1);
  });

  it("does not let a room be named after somebody's own room", async () => {
    const [ann, eve] = await Promise.all([join({ name: "Ann" }, "mine"), join({ name: "Eve" }, "mine")]);
    const { members } = await eve.emitWithAck("chat:join", ann.id);
    expect(members).toEqual([{ id: eve.id, name: "Eve" }]);
  });

  it("refuses a name that is no name, and says why", async () => {
    const client = connect({ name: { first: "Ann" } });
    const error = await new Promise<Error>((resolve) => client.once("connect_error", resolve));
    expect(error).toMatchObject({ message: "name must be a string", data: { code: "INVALID_NAME" } });
  });

  it.each([["polling"], ["websocket"]])("serves a client that stays on %s", async (transport) => {
    const client = await join({ name: "Ann" }, transport, { transports: [transport] });
    const { id } = await client.emitWithAck("chat:send", { room: transport, text: "hello" });
    expect(id).toEqual(expect.any(String));
  });

  it("sends what was emitted without a connection to the rooms of the handshake", async () => {
    const client = connect({ name: "Ann", rooms: ["buffered"] }, { autoConnect: false });
    const answer = client.emitWithAck("chat:send", { room: "buffered", text: "early" });
    client.connect();
    expect((await answer).error).toBeUndefined();
  });
});

describe("the server's process", () => {
  it("names a busy port and ends with status 1", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const second = spawn(process.execPath, [entry], { env: { ...process.env, PORT: String(port) } });
    const errors: string[] = [];
    second.stderr.on("data", (text) => errors.push(String(text)));
    const status = await new Promise((resolve) => second.once("close", resolve));
    other.close();
    expect(status).toBe(1);
    expect(errors.join("")).toContain(`Port ${port} is in use`);
  });

  it("serves its files and nothing else", async () => {
    const page = await fetch(url);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(await page.text()).not.toMatch(/<script(?![^>]*src=)/);
    expect((await fetch(`${url}/socket.io.js`)).status).toBe(200);
    for (const path of ["/server.mjs", "/../server.mjs", "/%2e%2e/server.mjs", "//server.mjs", "//"]) {
      expect((await fetch(url + path)).status).toBe(404);
    }
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
  });
});

describe.skipIf(!existsSync(CHROMIUM))("the page in Chromium", () => {
  let browser: Browser;
  let context: BrowserContext;
  let faults: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  });

  afterAll(() => browser.close());

  afterEach(async () => {
    await context.close();
    expect(faults).toEqual([]);
  });

  async function openTab(room: string, viewport = { width: 1_280, height: 800 }): Promise<Page> {
    if (context === undefined || context.pages().length === 0) {
      context = await browser.newContext({ viewport });
      faults = [];
    }
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await page.goto(`${url}/#room=${encodeURIComponent(room)}`);
    await page.locator("#pill-text", { hasText: "websocket" }).waitFor();
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.keyboard.press("Enter");
  }

  it("lets two tabs chat: presence, typing notice, message and tick", async () => {
    const first = await openTab("tabs");
    const second = await openTab("tabs");
    await first.getByText(/^You and /).waitFor();
    await second.getByLabel("Message", { exact: true }).pressSequentially("hel");
    await first.getByText(/ is typing…$/).waitFor();
    await say(second, "hello from the second tab");
    await first.locator(".theirs", { hasText: "hello from the second tab" }).waitFor();
    await second.locator('.mine[data-state="acked"]', { hasText: "hello from the second tab" }).waitFor();
    await first.getByText(/ is typing…$/).waitFor({ state: "detached" });
    expect(await second.locator(".message").count()).toBe(1);
    await expect.poll(() => first.locator("#rtt").textContent()).toMatch(/^\d/);
  });

  it("keeps what is written while the connection is cut, and ticks it after the return", async () => {
    const first = await openTab("cut");
    const second = await openTab("cut");
    await first.getByRole("button", { name: "Cut the connection" }).click();
    await say(first, "written offline");
    await first.locator('.mine[data-state="pending"]', { hasText: "written offline" }).waitFor();
    expect(await second.locator(".message").count()).toBe(0);
    await first.getByRole("button", { name: "Reconnect now" }).click();
    await first.locator('.mine[data-state="acked"]', { hasText: "written offline" }).waitFor();
    await second.locator(".theirs", { hasText: "written offline" }).waitFor();
    expect(await first.locator(".message").count()).toBe(1);
    await say(second, "welcome back");
    await first.locator(".theirs", { hasText: "welcome back" }).waitFor();
  });

  it("reconnects by itself after a few seconds", async () => {
    const page = await openTab("by itself");
    await page.getByRole("button", { name: "Cut the connection" }).click();
    await page.getByRole("status").getByText("Offline.").waitFor();
    await say(page, "patience");
    await page.locator('.mine[data-state="acked"]').waitFor({ timeout: 20_000 });
  });

  it("is usable by the keyboard alone", async () => {
    const page = await openTab("keys");
    const press = (key: string) => page.keyboard.press(key);
    await press("Tab");
    expect(await focused(page)).toBe("Skip to the message box");
    await press("Enter");
    await expect.poll(() => page.url()).toContain("#room=keys");
    await page.keyboard.type("typed");
    await press("Enter");
    await page.locator('.mine[data-state="acked"]', { hasText: "typed" }).waitFor();
    await tabTo(page, "Cut the connection");
    await press("Enter");
    await expect.poll(() => focused(page)).toBe("Reconnect now");
    await press("Enter");
    await expect.poll(() => focused(page)).toBe("Cut the connection");
    await tabTo(page, "#music", "Shift+Tab");
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe("solid");
    await press("Enter");
    await page.getByRole("heading", { name: "music" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("text");
  });

  it("counts unread messages of other rooms, and opens new rooms", async () => {
    const first = await openTab("lobby");
    const second = await openTab("lobby");
    await second.getByLabel("New room").fill("own place");
    await press(second, "Enter");
    await second.getByRole("heading", { name: "own place" }).waitFor();
    await second.getByRole("button", { name: "music" }).click();
    await say(second, "a song");
    await first.getByRole("button", { name: "music 1 unread" }).click();
    await first.locator(".theirs", { hasText: "a song" }).waitFor();
  });

  it("makes do with an address that names no possible room", async () => {
    const page = await openTab(`%E0%A4%A\n${"long ".repeat(20)}`);
    await say(page, "hello");
    await page.locator('.mine[data-state="acked"]').waitFor();
    await page.goto(`${url}/?again#%E0%A4%A`);
    await page.getByRole("heading", { name: "lobby" }).waitFor();
  });

  it("fits a phone, where the panel opens, closes and makes way", async () => {
    const page = await openTab("phone", { width: 390, height: 844 });
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(widths[0]).toBe(widths[1]);
    const toggle = page.getByRole("button", { name: "connection details" });
    await toggle.click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Cut the connection" }).waitFor({ state: "hidden" });
    await toggle.click();
    await page.getByRole("button", { name: "Cut the connection" }).click();
    await say(page, "from the phone");
    await page.locator('.mine[data-state="acked"]').waitFor({ timeout: 20_000 });
  });
});

/** The next event of this name for which `isMeant` holds. */
function next<Name extends keyof ChatEvents>(
  client: Client,
  name: Name,
  isMeant: (content: Parameters<ChatEvents[Name]>[0]) => boolean = () => true,
): Promise<Parameters<ChatEvents[Name]>[0]> {
  return new Promise((resolve) => {
    const listener = (content: Parameters<ChatEvents[Name]>[0]) => {
      if (!isMeant(content)) return;
      client.off(name);
      resolve(content);
    };
    Reflect.apply(client.on, client, [name, listener]);
  });
}

function press(page: Page, key: string): Promise<void> {
  return page.keyboard.press(key);
}

function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.textContent?.trim());
}

async function tabTo(page: Page, text: string, key = "Tab"): Promise<void> {
  for (let stops = 0; stops < 30; stops++) {
    if ((await focused(page)) === text) return;
    await page.keyboard.press(key);
  }
  throw new Error(`no "${text}" within 30 stops of ${key}`);
}
