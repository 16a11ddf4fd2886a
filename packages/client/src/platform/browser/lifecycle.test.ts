import { afterEach, beforeEach, expect, it, vi } from "vitest";

let page: EventTarget;
let calls: number;

beforeEach(async () => {
  page = new EventTarget();
  calls = 0;
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("document", { hidden: false });
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function listen(event: string): Promise<() => void> {
  const { onPageEvent } = await import("./lifecycle.ts");
  return onPageEvent(event, () => calls++);
}

it.each([["visibilitychange"], ["pageshow"], ["resume"]])(
  "onPageEvent takes %s for a return to the page",
  async (event) => {
    const stop = await listen("resume");
    page.dispatchEvent(new Event(event));
    expect(calls).toBe(1);
    vi.stubGlobal("document", { hidden: true });
    page.dispatchEvent(new Event(event));
    expect(calls).toBe(1);
    stop();
    vi.stubGlobal("document", { hidden: false });
    page.dispatchEvent(new Event(event));
    expect(calls).toBe(1);
  },
);

it.each([["online"], ["offline"]])(
  "onPageEvent tells of %s, in hidden pages and in workers too",
  async (event) => {
    vi.stubGlobal("document", undefined);
    await listen(event);
    page.dispatchEvent(new Event(event));
    page.dispatchEvent(new Event("pagehide"));
    expect(calls).toBe(1);
  },
);
