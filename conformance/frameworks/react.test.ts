import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { itUnless } from "../suites/it-unless.ts";
import type { Framework } from "./open-page.ts";
import { Page } from "./react-page.tsx";
import { noBrowser, runFramework } from "./run-framework.ts";

const render = async (): Promise<string> => renderToString(createElement(Page));

describe("the hooks on the server", () => {
  it("make no socket, and render what the page shows first", async () => {
    // A socket would need `window.told`, which is not here.
    const html = await render();
    expect(html).toContain(`<b id="status">connecting</b>`);
    expect(html).toContain(`<b id="in-room">nowhere</b>`);
    expect(html).toContain(`<b id="answer">idle </b>`);
  });
});

const framework: Framework = {
  name: "React",
  render,
  script: `
    import { createElement } from "react";
    import { hydrateRoot } from "react-dom/client";
    import { Page } from "./react-page.tsx";
    hydrateRoot(document.getElementById("root"), createElement(Page));
  `,
};

runFramework(framework, ({ shows, click, socketsOf, turnsTo }) => {
  itUnless(
    noBrowser,
    "disconnects while React keeps the component hidden, and connects when it is back",
    async () => {
      await click("hide");
      await turnsTo(() => socketsOf("/room-1"), 0);
      await click("hide");
      await shows("in-room", "/room-1");
      expect(socketsOf("/room-1")).toBe(1);
    },
  );
});
