// What the hooks of every framework promise, on a page that was rendered on the server and hydrated in Chromium.

import { afterAll, afterEach, beforeEach, describe, expect } from "vitest";
import { missing } from "../peers/availability.ts";
import { itUnless } from "../suites/it-unless.ts";
import { closeBrowser, type Framework, type OpenPage, openPage } from "./open-page.ts";

export const noBrowser = missing("chromium with tautline");

/** What the tests of one framework add: the open page, and how to look at it. */
export interface PageTester {
  shows(id: string, text: string): Promise<unknown>;
  click(id: string): Promise<void>;
  socketsOf(namespace: string): number;
  turnsTo(read: () => unknown, value: unknown): Promise<void>;
}

export function runFramework(framework: Framework, addTests: (tester: PageTester) => void = () => {}): void {
  describe(`a page of ${framework.name}`, () => {
    let open: OpenPage;

    beforeEach(async () => {
      if (noBrowser) return;
      open = await openPage(framework);
      await shows("status", "connected");
      await shows("in-room", "/room-1");
    });

    afterEach(async () => {
      if (!noBrowser) await open.close();
    });

    afterAll(closeBrowser);

    function shows(id: string, text: string): Promise<unknown> {
      return open.page.locator(`#${id}:text-is("${text}")`).waitFor({ state: "attached", timeout: 10_000 });
    }

    function click(id: string): Promise<void> {
      return open.page.locator(`#${id}`).dispatchEvent("click");
    }

    function socketsOf(namespace: string): number {
      return open.io.of(namespace).sockets.size;
    }

    async function turnsTo(read: () => unknown, value: unknown): Promise<void> {
      await expect.poll(read, { timeout: 10_000, interval: 10 }).toEqual(value);
    }

    itUnless(
      noBrowser,
      "connects once, listens once, and gives its framework no reason to complain",
      async () => {
        await shows("news", "morning: welcome");
        expect(await open.told()).toEqual({ created: 1, outcomes: [], listeners: 1 });
        expect([socketsOf("/"), socketsOf("/room-1")]).toEqual([1, 1]);
        expect(open.handshakes()).toBe(1);
        expect(open.faults).toEqual([]);
      },
    );

    itUnless(noBrowser, "shows the transport, and the upgrade to another", async () => {
      await shows("transport", "websocket");
    });

    itUnless(noBrowser, "calls the listener of the latest render", async () => {
      await click("paper");
      open.io.emit("news", "one");
      await shows("news", "morning: welcome, evening: one");
      open.io.emit("news", "two");
      await shows("news", "morning: welcome, evening: one, evening: two");
      expect(await open.told()).toMatchObject({ listeners: 1 });
    });

    itUnless(noBrowser, "shows a loss, the attempts and their error, and the return", async () => {
      open.refuse(true);
      for (const socket of open.io.sockets.sockets.values()) socket.conn.close();
      await shows("status", "reconnecting");
      await turnsTo(async () => Number(await open.page.locator("#attempt").textContent()) > 1, true);
      await shows("error", "xhr poll error");
      await shows("transport", "none");
      open.refuse(false);
      await shows("status", "connected");
      await shows("attempt", "0");
      await shows("error", "none");
      await shows("news", "morning: welcome, morning: welcome");
      expect(await open.told()).toMatchObject({ created: 1, listeners: 1 });
    });

    itUnless(noBrowser, "shows that it was disconnected, and connects again when it is told to", async () => {
      open.io.disconnectSockets();
      await shows("status", "disconnected");
      await click("connect");
      await shows("status", "connected");
      await click("disconnect");
      await shows("status", "disconnected");
      await turnsTo(() => socketsOf("/"), 0);
    });

    itUnless(noBrowser, "shows the answer to an event, and forgets it", async () => {
      await shows("answer", "idle ");
      await click("ask");
      await shows("answer", "answered how many? three");
      await click("forget");
      await shows("answer", "idle ");
    });

    itUnless(noBrowser, "shows that the time for an answer has passed", async () => {
      await click("ask-a-while");
      await shows("a-while", "failed operation has timed out");
      expect(open.faults).toEqual([]);
    });

    itUnless(noBrowser, "aborts who waits for an answer when their component goes", async () => {
      await click("ask-in-vain");
      await click("ask-a-while");
      await shows("vain", "pending");
      await click("stop");
      await turnsTo(async () => (await open.told()).outcomes, ["AbortError"]);
      expect(open.faults).toEqual([]);
    });

    itUnless(
      noBrowser,
      "disconnects when the owner of the socket goes, and connects with the next owner",
      async () => {
        await click("leave");
        await turnsTo(() => socketsOf("/"), 0);
        expect(await open.told()).toMatchObject({ listeners: 0 });
        await click("leave");
        await shows("status", "connected");
        expect(await open.told()).toMatchObject({ created: 2, listeners: 1 });
        expect(open.faults).toEqual([]);
      },
    );

    itUnless(noBrowser, "makes another socket for another key, and leaves the one before", async () => {
      await click("room");
      await shows("in-room", "/room-2");
      await turnsTo(() => [socketsOf("/room-1"), socketsOf("/room-2")], [0, 1]);
    });

    addTests({ shows, click, socketsOf, turnsTo });
  });
}
