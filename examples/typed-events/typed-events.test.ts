// The vote as users meet it: its own process, stock clients over the wire, and a real browser on its page.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describePage, fitsWindow } from "../testing/browser.ts";
import { ask, createClients, next } from "../testing/clients.ts";
import { type Program, startExample } from "../testing/program.ts";

let program: Program;

beforeAll(async () => {
  program = await startExample("typed-events");
});

afterAll(() => program?.stop());

describe("the vote over the wire", () => {
  const clients = createClients(() => program.url);
  afterEach(() => clients.disconnectAll());

  it("counts one vote for each name, and tells the others", async () => {
    const ann = clients.connect({ auth: { name: "Ann" } });
    const bob = clients.connect({ auth: { name: "Bob" } });
    await next(bob, "tally");
    await ask(ann, "vote", "pizza");
    const told = next(bob, "tally", ({ salad }) => salad.length > 0);
    const answer = await ask(ann, "vote", "salad");
    expect(answer).toEqual({ ok: true, value: { noodles: [], pizza: [], salad: ["Ann"] } });
    expect(await told).toEqual(answer.value);
    const eve = clients.connect({ auth: { name: "Eve" } });
    expect(await next(eve, "tally")).toEqual(answer.value);
  });

  it.each([["pasta"], [undefined], [{ place: "pizza" }], ["__proto__"]])(
    "refuses a vote for %j",
    async (place) => {
      const client = clients.connect({ auth: { name: "Mallory" } });
      expect(await ask(client, "vote", place)).toEqual({
        ok: false,
        code: "UNKNOWN_PLACE",
        message: "there is no such place to eat",
      });
    },
  );

  it.each([[undefined], [" "], ["n".repeat(31)], [7]])("refuses the name %j", async (name) => {
    const error = await next(clients.connect({ auth: { name } }), "connect_error");
    expect(error.message).toBe("a name has 1 to 30 characters");
  });

  it("counts who looks, and does not wait for those who do not answer", async () => {
    const looker = clients.connect({ auth: { name: "Ann" } });
    looker.on("areYouLooking", (done) => done(true));
    const other = clients.connect({ auth: { name: "Bob" } });
    other.on("areYouLooking", (done) => done("yes, very much"));
    const silent = clients.connect({ auth: { name: "Eve" } });
    await Promise.all([looker, other, silent].map((client) => next(client, "tally")));
    expect(await ask(silent, "countLookers")).toEqual({ ok: true, value: 1 });
  });

  it("survives a client that leaves the acknowledgement out", async () => {
    const client = clients.connect({ auth: { name: "Ann" } });
    client.emit("vote");
    client.emit("countLookers", "now");
    expect(await ask(client, "vote", "noodles")).toMatchObject({ ok: true });
  });
});

describePage((tabs) => {
  async function signIn(name: string) {
    const page = await tabs.open(program.url);
    await page.getByLabel("What is your name?").fill(name);
    await page.keyboard.press("Enter");
    return page;
  }

  it("shows the votes of everybody", async () => {
    const [carol, dave] = [await signIn("Carol"), await signIn("Dave")];
    await carol.getByRole("button", { name: "pizza" }).click();
    await dave.getByText(/: .*Carol/).waitFor();
    await dave.getByRole("button", { name: "pizza" }).press("Enter");
    await carol.getByText(/Carol, Dave/).waitFor();
    await dave.getByRole("button", { name: "Who looks at this?" }).click();
    await dave.getByText(/^\d (person looks|people look)$/).waitFor();
  });

  it("says what is wrong with a name", async () => {
    const page = await signIn(" ");
    await page.getByRole("alert").getByText("a name has 1 to 30 characters").waitFor();
  });

  it("says that no answer came, while the server is suspended", async () => {
    const page = await signIn("Frank");
    await page.getByRole("button", { name: "salad" }).waitFor();
    program.process.kill("SIGSTOP");
    try {
      await page.getByRole("button", { name: "salad" }).click();
      await page.getByText("The server has not answered within 3 seconds.").waitFor();
    } finally {
      program.process.kill("SIGCONT");
    }
  });

  it("fits a phone, and shows that it reconnects", async () => {
    const page = await tabs.open(
      program.url,
      await tabs.openBrowser({ viewport: { width: 360, height: 740 } }),
    );
    await page.getByLabel("What is your name?").fill("n".repeat(30));
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "noodles" }).click();
    await page.getByText("nnnnnn").waitFor();
    expect(await fitsWindow(page)).toBe(true);
    const port = Number(new URL(program.url).port);
    await program.stop();
    await page.getByRole("status").getByText("reconnecting").waitFor();
    program = await startExample("typed-events", port);
    await page.getByRole("status").getByText("connected", { exact: true }).waitFor();
  });
});
