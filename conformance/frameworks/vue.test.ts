import { describe, expect, it } from "vitest";
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import { runFramework } from "./run-framework.ts";
import { Page } from "./vue-page.ts";

const render = (): Promise<string> => renderToString(createSSRApp(Page));

describe("the composables on the server", () => {
  it("make no socket, and render what the page shows first", async () => {
    // A socket would need `window.told`, which is not here.
    const html = await render();
    expect(html).toContain(`<b id="status">connecting</b>`);
    expect(html).toContain(`<b id="in-room">nowhere</b>`);
    expect(html).toContain(`<b id="answer">idle </b>`);
  });
});

runFramework({
  name: "Vue",
  render,
  script: `
    import { createSSRApp } from "vue";
    import { Page } from "./vue-page.ts";
    createSSRApp(Page).mount("#root");
  `,
});
