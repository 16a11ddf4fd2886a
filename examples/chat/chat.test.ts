// The chat as users meet it: its own process, stock clients over the wire, and a real browser on its page.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describePage, fitsWindow } from "../testing/browser.ts";
import { ask, createClients, next } from "../testing/clients.ts";
import { type Program, startExample } from "../testing/program.ts";

let program: Program;

beforeAll(async () => {
  program = await startExample("chat");
});

afterAll(() => program?.stop());

describe("the chat over the wire", () => {
  const clients = createClients(() => program.url);
  afterEach(() => clients.disconnectAll());

  it("gives a message to everyone, and to those who come later as history", async () => {
    const ann = clients.connect({ auth: { name: "Ann" } });
    const bob = clients.connect({ auth: { name: " Bob " } });
    await next(ann, "people", (names) => names.length === 2);
    const heard = [ann, bob].map((client) => next(client, "message"));
    const { at } = await ask(bob, "say", " hello ");
    const message = { name: "Bob", text: "hello", at };
    expect(await Promise.all(heard)).toEqual([message, message]);
    const eve = clients.connect({ auth: { name: "Eve" } });
    expect((await next(eve, "history")).at(-1)).toEqual(message);
  });

  it("tells who is here when somebody goes", async () => {
    const ann = clients.connect({ auth: { name: "Ann" } });
    const leaver = clients.connect({ auth: { name: "Leaver" } });
    await next(ann, "people", (names) => names.includes("Leaver"));
    const left = next(ann, "people", (names) => !names.includes("Leaver"));
    leaver.disconnect();
    expect(await left).toContain("Ann");
  });

  it.each([[undefined], [""], ["  "], [7], ["n".repeat(31)], [{ first: "Ann" }]])(
    "refuses the name %j",
    async (name) => {
      const client = clients.connect({ auth: { name } });
      expect(await next(client, "connect_error")).toMatchObject({ message: "a name has 1 to 30 characters" });
    },
  );

  it.each([[undefined], [" "], [7], [["hello"]], ["x".repeat(501)]])("refuses the text %j", async (text) => {
    const client = clients.connect({ auth: { name: "Ann" } });
    expect(await ask(client, "say", text)).toEqual({ error: "a message has 1 to 500 characters" });
  });

  it("takes a name of 30 characters and a text of 500", async () => {
    const client = clients.connect({ auth: { name: "n".repeat(30) } });
    expect(await ask(client, "say", "x".repeat(500))).toEqual({ at: expect.any(Number) });
  });

  it("serves what does not ask for an acknowledgement, too", async () => {
    const client = clients.connect({ auth: { name: "Ann" } });
    const heard = next(client, "message", ({ text }) => text === "no answer needed");
    client.emit("say", "");
    client.emit("say", "no answer needed");
    await heard;
  });
});

describePage((tabs) => {
  async function join(name: string) {
    const page = await tabs.open(program.url);
    await page.getByLabel("What is your name?").fill(name);
    await page.keyboard.press("Enter");
    return page;
  }

  it("lets two people talk", async () => {
    const [ann, bob] = [await join("Ann"), await join("Bob")];
    await ann.getByText("2 people are here").waitFor();
    await bob.getByLabel("Message", { exact: true }).fill("<b>hello</b>");
    await bob.keyboard.press("Enter");
    await ann.getByText("<b>hello</b>").last().waitFor();
    await bob.locator(".mine", { hasText: "<b>hello</b>" }).last().waitFor();
  });

  it("says what is wrong with a name, and takes a better one", async () => {
    const page = await join(" ");
    await page.getByRole("alert").getByText("a name has 1 to 30 characters").waitFor();
    await page.getByLabel("What is your name?").fill("Ann");
    await page.keyboard.press("Enter");
    await page.getByLabel("Message", { exact: true }).waitFor();
  });

  it("shows that it reconnects, and sends what was written meanwhile", async () => {
    const page = await join("Ann");
    await page.getByRole("status").getByText("connected", { exact: true }).waitFor();
    const port = Number(new URL(program.url).port);
    await program.stop();
    await page.getByRole("status").getByText("reconnecting").waitFor();
    await page.getByLabel("Message", { exact: true }).fill("written offline");
    await page.keyboard.press("Enter");
    program = await startExample("chat", port);
    await page.locator(".mine", { hasText: "written offline" }).waitFor();
    expect(await page.locator("#log li").count()).toBe(1);
  });

  it("fits a phone", async () => {
    const page = await tabs.open(
      program.url,
      await tabs.openBrowser({ viewport: { width: 360, height: 740 } }),
    );
    await page.getByLabel("What is your name?").fill("n".repeat(30));
    await page.keyboard.press("Enter");
    await page.getByLabel("Message", { exact: true }).fill("x".repeat(300));
    await page.keyboard.press("Enter");
    await page.locator(".mine").last().waitFor();
    expect(await fitsWindow(page)).toBe(true);
  });
});
