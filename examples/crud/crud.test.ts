// The tasks as users meet them: a process of their own, stock clients over the wire, and a real browser on the page.

import type { Page } from "playwright-core";
import type { Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describePage, fitsWindow } from "../testing/browser.ts";
import { type Answer, ask, createClients, next } from "../testing/clients.ts";
import { type Program, startExample } from "../testing/program.ts";

const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

let program: Program;

beforeAll(async () => {
  program = await startExample("crud");
});

afterAll(() => program?.stop());

describe("the tasks over the wire", () => {
  const clients = createClients(() => program.url);
  afterEach(() => clients.disconnectAll());

  async function create(client: Socket, content: object): Promise<Answer> {
    const answer = await ask(client, "task:create", content);
    expect(answer).toMatchObject({ ok: true });
    return answer.value;
  }

  async function connect(): Promise<Socket> {
    const client = clients.connect();
    await next(client, "connect");
    return client;
  }

  it("creates, reads, updates, lists and deletes", async () => {
    const client = await connect();
    const task = await create(client, { title: " buy bread ", due: "2030-12-31" });
    expect(task).toEqual({
      id: task.id,
      title: "buy bread",
      notes: "",
      due: "2030-12-31",
      priority: "normal",
      isDone: false,
    });
    expect(await ask(client, "task:read", task.id)).toEqual({ ok: true, value: task });
    const changed = { ...task, due: null, isDone: true };
    const update = { id: task.id, due: null, isDone: true };
    expect(await ask(client, "task:update", update)).toEqual({ ok: true, value: changed });
    const other = await create(client, { title: "eat it" });
    expect((await ask(client, "task:list", {})).value).toEqual([changed, other]);
    expect((await ask(client, "task:list", { isDone: true })).value).toEqual([changed]);
    for (const { id } of [task, other]) expect((await ask(client, "task:delete", id)).ok).toBe(true);
    expect(await ask(client, "task:list", {})).toEqual({ ok: true, value: [] });
  });

  it("tells the others, and not who has changed it", async () => {
    const [ann, bob] = [await connect(), await connect()];
    const own: unknown[] = [];
    ann.onAny((event) => own.push(event));
    const created = next(bob, "task:created");
    const task = await create(ann, { title: "tell" });
    expect(await created).toEqual(task);
    const updated = next(bob, "task:updated");
    await ask(ann, "task:update", { id: task.id, title: "told" });
    expect(await updated).toEqual({ ...task, title: "told" });
    const deleted = next(bob, "task:deleted");
    await ask(ann, "task:delete", task.id);
    expect(await deleted).toMatchObject({ id: task.id });
    expect(own).toEqual([]);
  });

  it.each([
    [{}, { title: "a title is needed" }],
    [{ title: "  " }, { title: "a title is needed" }],
    [{ title: "x".repeat(101) }, { title: "a title has at most 100 characters" }],
    [{ title: "a", notes: "x".repeat(501) }, { notes: "notes have at most 500 characters" }],
    [
      { title: 7, due: "tomorrow", priority: "urgent" },
      {
        title: "a title is needed",
        due: "a date looks like 2030-12-31",
        priority: "a priority is low, normal or high",
      },
    ],
  ])("says which fields of %j are wrong", async (content, fields) => {
    const answer = await ask(await connect(), "task:create", content);
    const error = { code: "INVALID", message: "some fields are not right", fields };
    expect(answer).toEqual({ ok: false, error });
  });

  it("takes a title of 100 characters and notes of 500", async () => {
    const client = await connect();
    const { id } = await create(client, { title: "x".repeat(100), notes: "y".repeat(500) });
    await ask(client, "task:delete", id);
  });

  it.each([
    ["task:create", undefined, "INVALID"],
    ["task:create", "buy bread", "INVALID"],
    ["task:create", { title: "a", isAdmin: true }, "INVALID"],
    ["task:create", JSON.parse('{ "title": "a", "__proto__": { "isDone": true } }'), "INVALID"],
    ["task:read", "no uuid", "INVALID"],
    ["task:read", UNKNOWN_ID, "NOT_FOUND"],
    ["task:update", { title: "a" }, "INVALID"],
    ["task:update", { id: UNKNOWN_ID, title: "a" }, "NOT_FOUND"],
    ["task:update", { id: UNKNOWN_ID, isDone: "yes" }, "INVALID"],
    ["task:delete", { id: UNKNOWN_ID }, "INVALID"],
    ["task:delete", UNKNOWN_ID, "NOT_FOUND"],
    ["task:list", null, "INVALID"],
  ])("answers %s %j with the error %s", async (event, input, code) => {
    const { ok, error } = await ask(await connect(), event, input);
    expect({ ok, code: error?.code }).toEqual({ ok: false, code });
  });

  it("survives events without an acknowledgement", async () => {
    const client = await connect();
    for (const event of ["task:list", "task:create", "task:delete"]) client.emit(event);
    client.emit("task:create", { title: "nobody is told" });
    expect(await ask(client, "task:list", {})).toEqual({ ok: true, value: [] });
  });
});

describePage((tabs) => {
  async function open(options: object = {}): Promise<Page> {
    const page = await tabs.open(program.url, await tabs.openBrowser(options));
    await page.getByRole("status").getByText("connected").waitFor();
    return page;
  }

  async function add(page: Page, title: string): Promise<void> {
    await page.getByLabel("Title").fill(title);
    await page.keyboard.press("Enter");
  }

  it("keeps two pages alike", async () => {
    const [first, second] = [await open(), await open()];
    await add(first, "<i>bread</i>");
    await second.getByText("<i>bread</i>").waitFor();
    await second.getByRole("checkbox", { name: "<i>bread</i> is done" }).check();
    await first.locator(".done", { hasText: "bread" }).waitFor();
    await first.getByRole("button", { name: "Edit <i>bread</i>" }).click();
    await first.getByLabel("Notes").fill("from the corner");
    await first.getByLabel("Priority").selectOption("high");
    await first.getByRole("button", { name: "Save" }).click();
    await second.getByText("high priority").waitFor();
    await second.getByRole("button", { name: "Delete <i>bread</i>" }).click();
    await first.getByText("Nothing to do.").waitFor();
  });

  it("shows what is wrong beside its field, and by the keyboard alone gets it right", async () => {
    const page = await open();
    await add(page, " ");
    await page.locator("#title-error", { hasText: "a title is needed" }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("title");
    await page.keyboard.type("typed");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Delete typed" }).press("Enter");
    await page.getByText("Nothing to do.").waitFor();
  });

  it("says that a task was deleted meanwhile", async () => {
    const [first, second] = [await open(), await open()];
    await add(first, "contested");
    await second.getByRole("button", { name: "Edit contested" }).click();
    await first.getByRole("button", { name: "Delete contested" }).click();
    await second.getByText("Nothing to do.").waitFor();
    await second.getByRole("button", { name: "Save" }).click();
    await second.getByRole("alert").getByText("there is no such task").waitFor();
    await second.getByRole("button", { name: "Cancel" }).click();
  });

  it("fits a phone, and reads the list anew when the server is back", async () => {
    const page = await open({ viewport: { width: 360, height: 740 } });
    await add(page, "x".repeat(100));
    await page.locator("#tasks li").waitFor();
    expect(await fitsWindow(page)).toBe(true);
    const port = Number(new URL(program.url).port);
    await program.stop();
    await page.getByRole("status").getByText("reconnecting").waitFor();
    program = await startExample("crud", port);
    await page.getByText("Nothing to do.").waitFor();
    await page.getByRole("status").getByText("connected", { exact: true }).waitFor();
  });
});
