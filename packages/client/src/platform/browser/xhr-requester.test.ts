import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TransportOptions } from "../../engine/options.ts";
import type { HttpOutcome } from "../../engine/polling.ts";

class FakeXhr {
  static latest: FakeXhr;
  readonly headers: Record<string, string> = {};
  onreadystatechange: (() => void) | null = null;
  readyState = 0;
  status = 0;
  responseText = "";
  withCredentials: boolean | undefined;
  body: unknown;
  request: unknown;
  isAborted = false;

  constructor() {
    FakeXhr.latest = this;
  }
  open(...request: unknown[]): void {
    this.request = request;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(body: unknown): void {
    this.body = body;
  }
  abort(): void {
    this.isAborted = true;
  }
  finish(status: number, text = ""): void {
    Object.assign(this, { readyState: 4, status, responseText: text });
    this.onreadystatechange?.();
  }
}

let pageHide: () => void;
let outcomes: HttpOutcome[];

async function send(options: Partial<TransportOptions> = {}): Promise<() => void> {
  const { xhrRequester } = await import("./xhr-requester.ts");
  const request = { method: "POST", uri: "http://h/", body: "4x", headers: { a: "b" } } as const;
  return xhrRequester.send(request, Object(options), (outcome) => outcomes.push(outcome));
}

beforeEach(() => {
  outcomes = [];
  vi.resetModules();
  vi.stubGlobal("XMLHttpRequest", FakeXhr);
  vi.stubGlobal("addEventListener", (event: string, listener: () => void) => {
    if (event === "pagehide") pageHide = listener;
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("xhrRequester", () => {
  it("sends method, address, headers, body and credentials", async () => {
    await send({ withCredentials: true });
    expect(FakeXhr.latest).toMatchObject({
      request: ["POST", "http://h/"],
      headers: { a: "b" },
      body: "4x",
      withCredentials: true,
    });
  });

  it("succeeds with 200 alone", async () => {
    await send();
    FakeXhr.latest.finish(200, "ok");
    await send();
    FakeXhr.latest.finish(204);
    expect(outcomes).toEqual([
      expect.objectContaining({ body: "ok" }),
      { body: undefined, description: 204, context: FakeXhr.latest },
    ]);
  });

  it("is silent once aborted, by its owner or by a page that is left", async () => {
    (await send())();
    FakeXhr.latest.finish(0);
    expect(FakeXhr.latest.isAborted).toBe(true);
    await send();
    pageHide();
    FakeXhr.latest.finish(0);
    expect(FakeXhr.latest.isAborted).toBe(true);
    expect(outcomes).toEqual([]);
  });
});
