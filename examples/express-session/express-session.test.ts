// The login as users meet it: its own process, stock clients over the wire, and a real browser on its page.

import type { Page } from "playwright-core";
import type { Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describePage, fitsWindow } from "../testing/browser.ts";
import { ask, createClients, next } from "../testing/clients.ts";
import { type Program, startExample } from "../testing/program.ts";

let program: Program;

beforeAll(async () => {
  program = await startExample("express-session");
});

afterAll(() => program?.stop());

describe("the session over the wire", () => {
  const clients = createClients(() => program.url);
  afterEach(() => clients.disconnectAll());

  function post(path: string, cookie = "", body: unknown = {}): Promise<Response> {
    const headers = { "content-type": "application/json", cookie };
    return fetch(program.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async function logIn(name: string, cookie?: string): Promise<string> {
    const response = await post("/login", cookie, { name });
    expect(await response.json()).toEqual({ name, presses: 0 });
    return cookieOf(response);
  }

  function cookieOf(response: Response): string {
    return response.headers.get("set-cookie")?.split(";")[0] ?? "";
  }

  async function me(cookie: string): Promise<unknown> {
    return (await fetch(`${program.url}/me`, { headers: { cookie } })).json();
  }

  async function connect(cookie: string, options: object = {}): Promise<Socket> {
    const client = clients.connect({ extraHeaders: { cookie }, ...options });
    await next(client, "connect");
    return client;
  }

  it.each([[["polling"]], [["websocket"]]])(
    "is the same for HTTP and for sockets over %s",
    async (transports) => {
      const cookie = await logIn("Ann");
      const client = await connect(cookie, { transports });
      const told = next(client, "presses", (presses) => presses === 2);
      await post("/press", cookie);
      expect(await ask(client, "press")).toEqual({});
      expect(await told).toBe(2);
      expect(await me(cookie)).toEqual({ name: "Ann", presses: 2 });
    },
  );

  it("tells all sockets of the session, and no others", async () => {
    const [ann, bob] = [await logIn("Ann"), await logIn("Bob")];
    const [first, second] = [await connect(ann), await connect(ann)];
    const stranger = await connect(bob);
    const overheard: unknown[] = [];
    stranger.on("presses", (presses) => overheard.push(presses));
    const told = next(second, "presses");
    await ask(first, "press");
    expect(await told).toBe(1);
    await ask(stranger, "press");
    expect(overheard).toEqual([1]);
    expect(await me(bob)).toEqual({ name: "Bob", presses: 1 });
  });

  it("disconnects all sockets of the session at logout, and refuses its cookie", async () => {
    const cookie = await logIn("Ann");
    const both = [await connect(cookie), await connect(cookie)];
    const other = await connect(await logIn("Bob"));
    const ended = both.map((client) => next(client, "disconnect"));
    expect((await post("/logout", cookie)).status).toBe(204);
    expect(await Promise.all(ended)).toEqual(["io server disconnect", "io server disconnect"]);
    expect(other.connected).toBe(true);
    expect((await post("/press", cookie)).status).toBe(401);
    const late = clients.connect({ extraHeaders: { cookie } });
    expect((await next(late, "connect_error")).message).toBe("log in first");
  });

  it("takes a new session at each login, and ends the former one", async () => {
    const first = await logIn("Ann");
    const client = await connect(first);
    const ended = next(client, "disconnect");
    expect(await logIn("Bob", first)).not.toBe(first);
    expect(await ended).toBe("io server disconnect");
    expect((await post("/press", first)).status).toBe(401);
  });

  it.each([[undefined], [" "], ["n".repeat(31)], [7], [["Ann"]]])("refuses the name %j", async (name) => {
    const response = await post("/login", "", { name });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: "a name has 1 to 30 characters" });
    expect(cookieOf(response)).toBe("");
  });

  it.each([[""], ["session=s%3Aguessed.signature"]])(
    "refuses a socket with the cookie %j",
    async (cookie) => {
      const client = clients.connect({ extraHeaders: { cookie } });
      expect((await next(client, "connect_error")).message).toBe("log in first");
    },
  );
});

describePage((tabs) => {
  async function logIn(page: Page, name: string): Promise<void> {
    await page.getByLabel("What is your name?").fill(name);
    await page.keyboard.press("Enter");
  }

  it("counts along in two tabs, and logs both out", async () => {
    const browser = await tabs.openBrowser();
    const first = await tabs.open(program.url, browser);
    await logIn(first, "Ann");
    await first.getByRole("status").getByText("connected").waitFor();
    const second = await tabs.open(program.url, browser);
    await second.getByText("You are Ann.").waitFor();
    await second.getByRole("status").getByText("connected").waitFor();
    await first.getByRole("button", { name: "Press by HTTP" }).click();
    for (const page of [first, second]) await page.locator("#presses", { hasText: /^1$/ }).waitFor();
    await second.getByRole("button", { name: "Press by socket" }).press("Enter");
    for (const page of [first, second]) await page.locator("#presses", { hasText: /^2$/ }).waitFor();
    await first.reload();
    await first.locator("#presses", { hasText: /^2$/ }).waitFor();
    await first.getByRole("button", { name: "Log out" }).click();
    await first.getByText("You have logged out.").waitFor();
    await second.getByText("You have been logged out.").waitFor();
  });

  it("says what is wrong with a name", async () => {
    const page = await tabs.open(program.url);
    await logIn(page, " ");
    await page.getByRole("alert").getByText("a name has 1 to 30 characters").waitFor();
  });

  it("fits a phone, and asks to log in when the server has forgotten the session", async () => {
    const page = await tabs.open(
      program.url,
      await tabs.openBrowser({ viewport: { width: 360, height: 740 } }),
    );
    await logIn(page, "n".repeat(30));
    await page.getByRole("status").getByText("connected").waitFor();
    expect(await fitsWindow(page)).toBe(true);
    const port = Number(new URL(program.url).port);
    await program.stop();
    await page.getByRole("status").getByText("reconnecting").waitFor();
    await page.getByRole("button", { name: "Press by HTTP" }).click();
    await page.getByRole("alert").getByText("That did not work").waitFor();
    program = await startExample("express-session", port);
    await page.getByText("Your session has ended.").waitFor();
  });
});
