// The chat as users meet it: its own process, stock clients over the wire, and a real browser on its page.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describePage, fitsWindow } from "../testing/browser.ts";
import { ask, createClients, next } from "../testing/clients.ts";
import { type Program, startExample } from "../testing/program.ts";

let program: Program;

beforeAll(async () => {
  program = await startExample("react-chat");
});

afterAll(() => program?.stop());

describe("the chat over the wire", () => {
  const clients = createClients(() => program.url);
  afterEach(() => clients.disconnectAll());

  it("gives a message to everyone, and to those who come later as history", async () => {
    const ann = clients.connect({ auth: { name: "Ann" } });
    await next(ann, "history");
    const heard = next(ann, "message");
    expect(await ask(ann, "say", " hello ")).toBeUndefined();
    expect(await heard).toMatchObject({ name: "Ann", text: "hello" });
    const bob = clients.connect({ auth: { name: "Bob" } });
    expect((await next(bob, "history")).at(-1)).toMatchObject({ name: "Ann", text: "hello" });
  });

  it.each([[undefined], [" "], [7], ["n".repeat(31)]])("refuses the name %j", async (name) => {
    const error = await next(clients.connect({ auth: { name } }), "connect_error");
    expect(error.message).toBe("a name has 1 to 30 characters");
  });

  it.each([[undefined], [" "], [7], ["x".repeat(501)]])("refuses the text %j", async (text) => {
    const client = clients.connect({ auth: { name: "Ann" } });
    expect(await ask(client, "say", text)).toBe("a message has 1 to 500 characters");
  });
});

describePage((tabs) => {
  async function join(name: string, page = tabs.open(program.url)) {
    const opened = await page;
    await opened.getByLabel("What is your name?").fill(name);
    await opened.keyboard.press("Enter");
    return opened;
  }

  it("lets two people talk", async () => {
    const [ann, bob] = [await join("Ann"), await join("Bob")];
    await bob.getByLabel("Message", { exact: true }).fill("<b>hello</b>");
    await bob.keyboard.press("Enter");
    await ann.getByText("Bob <b>hello</b>").waitFor();
  });

  it("says what is wrong with a name, and takes a better one", async () => {
    const page = await join("n".repeat(31));
    await page.getByRole("status").getByText("a name has 1 to 30 characters").waitFor();
    await page.getByRole("button", { name: "Leave" }).click();
    await join("Ann", Promise.resolve(page));
    await page.getByRole("status").getByText("connected by websocket").waitFor();
  });

  it("says what is wrong with a message", async () => {
    const page = await join("Ann");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").getByText("a message has 1 to 500 characters").waitFor();
  });

  it("counts its attempts to reconnect, sends what was written meanwhile, and fits a phone", async () => {
    const page = await join("n".repeat(30), openPhone());
    await page.getByRole("status").getByText("connected").waitFor();
    const port = Number(new URL(program.url).port);
    await program.stop();
    await page
      .getByRole("status")
      .getByText(/reconnecting, attempt [1-9]/)
      .waitFor();
    const text = "x".repeat(300);
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Sending …" }).waitFor();
    program = await startExample("react-chat", port);
    await page.getByText(text).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    expect(await page.getByRole("listitem").count()).toBe(1);
    expect(await fitsWindow(page)).toBe(true);
  });

  async function openPhone() {
    return tabs.open(program.url, await tabs.openBrowser({ viewport: { width: 360, height: 740 } }));
  }
});
