// The messages as users meet them: a process of their own, stock clients over the wire, and real browsers.

import type { BrowserContext, Page } from "playwright-core";
import type { Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describePage, fitsWindow } from "../testing/browser.ts";
import { type Answer, ask, createClients, next } from "../testing/clients.ts";
import { type Program, startExample } from "../testing/program.ts";

let program: Program;

beforeAll(async () => {
  program = await startExample("private-messaging");
});

afterAll(() => program?.stop());

describe("the messages over the wire", () => {
  const clients = createClients(() => program.url);
  const signedIn: Socket[] = [];

  afterEach(async () => {
    // A session that has ended by another tab of its own has left already.
    for (const client of signedIn.splice(0)) if (client.connected) await ask(client, "leave").catch(() => {});
    clients.disconnectAll();
  });

  async function signIn(auth: object): Promise<{ client: Socket; welcome: Answer }> {
    const client = clients.connect({ auth });
    signedIn.push(client);
    return { client, welcome: await next(client, "welcome") };
  }

  it("brings a message to all tabs of both, and to nobody else", async () => {
    const ann = await signIn({ name: "Ann" });
    const annToo = await signIn({ sessionId: ann.welcome.sessionId });
    const bob = await signIn({ name: "Bob" });
    const eve = await signIn({ name: "Eve" });
    const overheard: unknown[] = [];
    eve.client.on("message", (message) => overheard.push(message));
    const heard = [annToo.client, bob.client].map((client) => next(client, "message"));
    const { message } = await ask(ann.client, "send", { to: bob.welcome.you.id, text: " hello " });
    expect(message).toMatchObject({ from: ann.welcome.you.id, to: bob.welcome.you.id, text: "hello" });
    expect(await Promise.all(heard)).toEqual([message, message]);
    expect(await ask(bob.client, "conversation", ann.welcome.you.id)).toEqual({ messages: [message] });
    expect(await ask(eve.client, "conversation", ann.welcome.you.id)).toEqual({ messages: [] });
    expect(overheard).toEqual([]);
  });

  it("knows a session again, and tells nobody else's", async () => {
    const ann = await signIn({ name: "Ann" });
    ann.client.disconnect();
    const again = await signIn({ sessionId: ann.welcome.sessionId });
    expect(again.welcome).toMatchObject({ you: ann.welcome.you, sessionId: ann.welcome.sessionId });
    const bob = await signIn({ name: "Bob" });
    expect(bob.welcome.people).toEqual([{ ...ann.welcome.you, isOnline: true, unread: 0 }]);
  });

  it("shows somebody as online until the last tab is closed", async () => {
    const ann = await signIn({ name: "Ann" });
    const bob = await signIn({ name: "Bob" });
    const bobToo = await signIn({ sessionId: bob.welcome.sessionId });
    const told: Answer[] = [];
    ann.client.on("person", (person) => told.push(person));
    bob.client.disconnect();
    await ask(bobToo.client, "conversation", ann.welcome.you.id);
    const offline = next(ann.client, "person", ({ isOnline }) => !isOnline);
    bobToo.client.disconnect();
    expect(await offline).toEqual({ ...bob.welcome.you, isOnline: false });
    expect(told.filter(({ isOnline }) => !isOnline)).toHaveLength(1);
    await signIn({ sessionId: bob.welcome.sessionId });
  });

  it("counts what is unread until one tab has read it", async () => {
    const ann = await signIn({ name: "Ann" });
    const bob = await signIn({ name: "Bob" });
    for (const text of ["one", "two"]) await ask(ann.client, "send", { to: bob.welcome.you.id, text });
    const bobToo = await signIn({ sessionId: bob.welcome.sessionId });
    expect(bobToo.welcome.people).toMatchObject([{ name: "Ann", unread: 2 }]);
    const told = next(bobToo.client, "read");
    await ask(bob.client, "read", ann.welcome.you.id);
    expect(await told).toBe(ann.welcome.you.id);
    const bobThird = await signIn({ sessionId: bob.welcome.sessionId });
    expect(bobThird.welcome.people).toMatchObject([{ name: "Ann", unread: 0 }]);
  });

  it("ends the session in all tabs, and forgets what was said", async () => {
    const ann = await signIn({ name: "Ann" });
    const annToo = await signIn({ sessionId: ann.welcome.sessionId });
    const bob = await signIn({ name: "Bob" });
    await ask(ann.client, "send", { to: bob.welcome.you.id, text: "hello" });
    const gone = next(bob.client, "gone");
    const ended = next(annToo.client, "disconnect");
    expect(await ask(ann.client, "leave")).toEqual({});
    expect(await gone).toBe(ann.welcome.you.id);
    expect(await ended).toBe("io server disconnect");
    const back = clients.connect({ auth: { sessionId: ann.welcome.sessionId } });
    expect((await next(back, "connect_error")).data.code).toBe("UNKNOWN_SESSION");
    const { error } = await ask(bob.client, "conversation", ann.welcome.you.id);
    expect(error.code).toBe("UNKNOWN_USER");
  });

  it.each([
    [{}, "INVALID_NAME"],
    [{ name: " " }, "INVALID_NAME"],
    [{ name: "n".repeat(31) }, "INVALID_NAME"],
    [{ name: ["Ann"] }, "INVALID_NAME"],
    [{ name: "taKEN" }, "NAME_TAKEN"],
    [{ sessionId: "guessed" }, "UNKNOWN_SESSION"],
    [{ sessionId: null }, "UNKNOWN_SESSION"],
    [{ sessionId: { $ne: "" } }, "UNKNOWN_SESSION"],
  ])("refuses the handshake %j with %s", async (auth, code) => {
    await signIn({ name: "Taken" });
    const error = await next(clients.connect({ auth }), "connect_error");
    expect(error).toMatchObject({ data: { code, message: expect.any(String) } });
  });

  it.each([
    ["send", undefined, "UNKNOWN_USER"],
    ["send", null, "UNKNOWN_USER"],
    ["send", { to: "nobody", text: "hello" }, "UNKNOWN_USER"],
    ["send", { to: "me", text: "hello" }, "UNKNOWN_USER"],
    ["send", { to: "bob", text: "" }, "INVALID_TEXT"],
    ["send", { to: "bob", text: 7 }, "INVALID_TEXT"],
    ["send", { to: "bob", text: "x".repeat(2_001) }, "INVALID_TEXT"],
    ["conversation", "nobody", "UNKNOWN_USER"],
    ["read", ["nobody"], "UNKNOWN_USER"],
  ])("answers %s %j with the error %s", async (event, input: Answer, code) => {
    const ann = await signIn({ name: "Ann" });
    const bob = await signIn({ name: "Bob" });
    const ids: Record<string, string> = { me: ann.welcome.you.id, bob: bob.welcome.you.id };
    const sent = input?.to === undefined ? input : { ...input, to: ids[input.to] ?? input.to };
    const { error } = await ask(ann.client, event, sent);
    expect(error).toEqual({ code, message: expect.any(String) });
  });
});

describePage((tabs) => {
  async function signIn(name: string, within?: BrowserContext): Promise<Page> {
    const page = await tabs.open(program.url, within);
    await page.getByLabel("What is your name?").fill(name);
    await page.keyboard.press("Enter");
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.keyboard.press("Enter");
  }

  it("lets two people talk, in all their tabs, and across a reload", async () => {
    const annsBrowser = await tabs.openBrowser();
    const ann = await signIn("Ann One", annsBrowser);
    const bob = await signIn("Bob One");
    const annToo = await tabs.open(program.url, annsBrowser);
    await bob.getByRole("button", { name: "Ann One online" }).click();
    await say(bob, "hello Ann");
    await ann.getByRole("button", { name: "Bob One online 1 new" }).waitFor();
    await annToo.getByRole("button", { name: "Bob One online 1 new" }).click();
    await annToo.locator("#log").getByText("hello Ann").waitFor();
    await ann.getByRole("button", { name: "Bob One online", exact: true }).click();
    await say(ann, "hello Bob");
    for (const page of [bob, annToo]) await page.locator("#log").getByText("hello Bob").waitFor();
    await ann.reload();
    await ann.getByRole("heading", { name: "Ann One" }).waitFor();
    await ann.getByRole("button", { name: "Bob One online", exact: true }).click();
    await ann.locator(".mine", { hasText: "hello Bob" }).waitFor();
    expect(await ann.locator("#log li").count()).toBe(2);
    await bob.getByRole("button", { name: "Sign out" }).click();
    await ann.getByText("Nobody else is here.").waitFor();
    await annToo.close();
    await ann.getByRole("button", { name: "Sign out" }).click();
    await ann.getByLabel("What is your name?").waitFor();
  });

  it("says what is wrong with a name", async () => {
    const page = await signIn("Carol");
    await page.getByRole("heading", { name: "Carol" }).waitFor();
    const other = await signIn("carol");
    await other.getByRole("alert").getByText("somebody else is called carol").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("What is your name?").waitFor();
  });

  it("counts what came while nobody was there, on a phone and by the keyboard alone", async () => {
    const phone = await tabs.openBrowser({ viewport: { width: 360, height: 740 } });
    const gone = await signIn("Dave", phone);
    const eve = await signIn("Eve");
    await gone.getByRole("button", { name: "Eve online" }).waitFor();
    await gone.close();
    await eve.getByRole("button", { name: "Dave offline" }).click();
    await say(eve, "are you there? ".repeat(20));
    await eve.locator(".mine").waitFor();
    const dave = await tabs.open(program.url, phone);
    await dave.getByRole("button", { name: "Eve online 1 new" }).focus();
    await dave.keyboard.press("Enter");
    await dave.locator("#log li").waitFor();
    await dave.keyboard.type("I am back");
    await dave.keyboard.press("Enter");
    await eve.locator("#log").getByText("I am back").waitFor();
    expect(await fitsWindow(dave)).toBe(true);
    await dave.getByRole("button", { name: "Back to the people" }).click();
    await expect.poll(() => dave.evaluate(() => document.activeElement?.textContent)).toBe("Eve online");
    for (const page of [dave, eve]) await page.getByRole("button", { name: "Sign out" }).click();
  });

  it("reconnects by itself, and asks to sign in anew when the server has forgotten", async () => {
    const page = await signIn("Frank");
    await page.getByRole("status").getByText("connected", { exact: true }).waitFor();
    const port = Number(new URL(program.url).port);
    await program.stop();
    await page.getByRole("status").getByText("reconnecting").waitFor();
    program = await startExample("private-messaging", port);
    await page.getByRole("alert").getByText("Please sign in again.").waitFor();
  });
});
