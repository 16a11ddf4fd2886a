// The uploads as users meet them: a process of their own, stock clients over the wire, and a real browser on the page.

import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describePage, fitsWindow } from "../testing/browser.ts";
import { type Answer, ask, createClients, next } from "../testing/clients.ts";
import { type Program, startExample } from "../testing/program.ts";

const CHUNK_BYTES = 64 * 1024;
const LARGEST_FILE = 20 * 1024 * 1024;

let program: Program;
let folders: string[] = [];

beforeAll(() => start());

afterAll(async () => {
  await program?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function start(port = 0): Promise<void> {
  program = await startExample("file-upload", port);
  folders = [...folders, /go to (.+)/.exec(program.output())?.[1] ?? ""];
}

function folder(): string {
  return folders.at(-1) ?? "";
}

function stored(file: string): Buffer {
  return readFileSync(join(folder(), file));
}

function parts(): string[] {
  return readdirSync(folder()).filter((name) => name.endsWith(".part"));
}

describe("the uploads over the wire", () => {
  const clients = createClients(() => program.url);
  afterEach(() => clients.disconnectAll());

  async function connect(options: object = {}): Promise<Socket> {
    const client = clients.connect(options);
    await next(client, "connect");
    return client;
  }

  async function send(client: Socket, name: unknown, content: Buffer): Promise<Answer> {
    const { id, error } = await ask(client, "upload:begin", { name, size: content.length });
    if (error !== undefined) return { error };
    for (let offset = 0; offset < content.length; offset += CHUNK_BYTES) {
      const chunk = content.subarray(offset, offset + CHUNK_BYTES);
      const { received } = await ask(client, "upload:chunk", id, offset, chunk);
      expect(received).toBe(offset + chunk.length);
    }
    return ask(client, "upload:end", id, createHash("sha256").update(content).digest("hex"));
  }

  it.each([[["polling"]], [["websocket"]]])("stores a file as it was sent, over %s", async (transports) => {
    const content = randomBytes(2 * CHUNK_BYTES + 1);
    const answer = await send(await connect({ transports }), "report.pdf", content);
    expect(answer).toMatchObject({
      size: content.length,
      file: expect.stringMatching(/^[0-9a-f-]{36}-report\.pdf$/),
    });
    expect(stored(answer.file).equals(content)).toBe(true);
    expect(parts()).toEqual([]);
  });

  it("stores an empty file, and two files of the same name apart", async () => {
    const client = await connect();
    const [first, second] = [
      await send(client, "a.txt", Buffer.alloc(0)),
      await send(client, "a.txt", Buffer.from("b")),
    ];
    expect(String(stored(first.file))).toBe("");
    expect(String(stored(second.file))).toBe("b");
  });

  it.each([
    ["../../etc/passwd", "passwd"],
    ["..\\..\\boot.ini", "boot.ini"],
    ["..", "file"],
    ["", "file"],
    ["/", "file"],
    [".bashrc", "bashrc"],
    ["a\0b\nc.txt", "a_b_c.txt"],
    ["<b>$(rm -rf).html", "_b___rm -rf_.html"],
    ["Grüße, Ελλάδα 日本.txt", "Grüße_ Ελλάδα 日本.txt"],
    [`${"x".repeat(300)}.pdf`, `${"x".repeat(96)}.pdf`],
    ["é".repeat(100), "é".repeat(50)],
  ])("makes the name %j safe", async (name, safe) => {
    const { file } = await send(await connect(), name, Buffer.from("content"));
    expect(file.slice(37)).toBe(safe);
    expect(String(stored(file))).toBe("content");
  });

  it.each([
    [undefined, "INVALID_NAME"],
    [{ size: 1 }, "INVALID_NAME"],
    [{ name: ["a"], size: 1 }, "INVALID_NAME"],
    [{ name: "a" }, "INVALID_SIZE"],
    [{ name: "a", size: -1 }, "INVALID_SIZE"],
    [{ name: "a", size: 1.5 }, "INVALID_SIZE"],
    [{ name: "a", size: LARGEST_FILE + 1 }, "TOO_LARGE"],
  ])("does not begin with %j: %s", async (file, code) => {
    const { error } = await ask(await connect(), "upload:begin", file);
    expect(error).toEqual({ code, message: expect.any(String) });
  });

  it("begins with the largest file, and with three at a time", async () => {
    const client = await connect();
    for (let count = 0; count < 3; count++) {
      const { id } = await ask(client, "upload:begin", { name: "large", size: LARGEST_FILE });
      expect(id).toEqual(expect.any(String));
    }
    const { error } = await ask(client, "upload:begin", { name: "large", size: 1 });
    expect(error.code).toBe("TOO_MANY");
  });

  it("refuses chunks that do not fit", async () => {
    const client = await connect();
    const { id } = await ask(client, "upload:begin", { name: "a", size: 4 });
    const codeOf = async (...input: unknown[]) => (await ask(client, "upload:chunk", ...input)).error?.code;
    expect(await codeOf("unknown", 0, Buffer.from("abcd"))).toBe("UNKNOWN_UPLOAD");
    expect(await codeOf(id, 1, Buffer.from("abc"))).toBe("WRONG_OFFSET");
    expect(await codeOf(id, 0, Buffer.from("abcde"))).toBe("TOO_LONG");
    expect(await codeOf(id, 0, Buffer.alloc(0))).toBe("INVALID_CHUNK");
    expect(await codeOf(id, 0, Buffer.alloc(CHUNK_BYTES + 1))).toBe("INVALID_CHUNK");
    expect(await codeOf(id, 0, "abcd")).toBe("INVALID_CHUNK");
    expect(await codeOf(id, 0, Buffer.from("ab"))).toBeUndefined();
    expect(await codeOf(id, 0, Buffer.from("ab"))).toBe("WRONG_OFFSET");
    expect((await ask(client, "upload:end", id)).error.code).toBe("INCOMPLETE");
    expect(await codeOf(id, 2, Buffer.from("cd"))).toBeUndefined();
    expect(String(stored((await ask(client, "upload:end", id)).file))).toBe("abcd");
  });

  it("keeps chunks in order that come all at once", async () => {
    const client = await connect();
    const { id } = await ask(client, "upload:begin", { name: "a", size: 6 });
    const chunks = ["ab", "cd", "ef"].map((text, at) =>
      ask(client, "upload:chunk", id, at * 2, Buffer.from(text)),
    );
    const { file } = await ask(client, "upload:end", id);
    expect(await Promise.all(chunks)).toEqual([{ received: 2 }, { received: 4 }, { received: 6 }]);
    expect(String(stored(file))).toBe("abcdef");
  });

  it("discards a file whose checksum is wrong, one that is cancelled, and what a lost connection leaves", async () => {
    const client = await connect();
    const wrong = await ask(client, "upload:begin", { name: "a", size: 0 });
    expect((await ask(client, "upload:end", wrong.id, "0".repeat(64))).error.code).toBe("WRONG_CHECKSUM");
    expect((await ask(client, "upload:end", wrong.id)).error.code).toBe("UNKNOWN_UPLOAD");
    const cancelled = await ask(client, "upload:begin", { name: "b", size: 9 });
    expect(await ask(client, "upload:cancel", cancelled.id)).toEqual({});
    expect((await ask(client, "upload:cancel", cancelled.id)).error.code).toBe("UNKNOWN_UPLOAD");
    expect(parts()).toEqual([]);
    await ask(client, "upload:begin", { name: "c", size: 9 });
    expect(parts()).toHaveLength(1);
    client.disconnect();
    await expect.poll(parts).toEqual([]);
  });

  it("has room again for another file when one has ended, whatever its end", async () => {
    const client = await connect();
    const begin = () => ask(client, "upload:begin", { name: "a", size: 0 });
    const [stored, wrong, cancelled] = [await begin(), await begin(), await begin()];
    expect((await begin()).error.code).toBe("TOO_MANY");
    await ask(client, "upload:end", stored.id);
    await ask(client, "upload:end", wrong.id, "0".repeat(64));
    await ask(client, "upload:cancel", cancelled.id);
    for (let count = 0; count < 3; count++) expect((await begin()).error).toBeUndefined();
  });

  it("disconnects who sends a message above the limit, and goes on for others", async () => {
    const [greedy, other] = [await connect({ transports: ["websocket"] }), await connect()];
    const ended = next(greedy, "disconnect");
    greedy.emit("upload:chunk", "id", 0, Buffer.alloc(3 * CHUNK_BYTES));
    await ended;
    expect(await send(other, "a", Buffer.from("fine"))).toMatchObject({ size: 4 });
  });
});

describePage((tabs) => {
  function fileOf(name: string, buffer: Buffer) {
    return { name, mimeType: "application/octet-stream", buffer };
  }

  async function open(options: object = {}) {
    const page = await tabs.open(program.url, await tabs.openBrowser(options));
    await page.getByRole("status").getByText("connected").waitFor();
    return page;
  }

  it("uploads files, and shows where they are", async () => {
    const page = await open();
    const content = randomBytes(1_000_000);
    await page
      .locator("#files")
      .setInputFiles([fileOf("one.bin", content), fileOf("two.txt", Buffer.from("two"))]);
    const one = page.locator("#uploads li", { hasText: "one.bin" });
    const text = await one.getByText(/stored as .*checksum verified/).textContent();
    const file = /stored as ([^,]+),/.exec(text ?? "")?.[1] ?? "";
    expect(stored(file).equals(content)).toBe(true);
    await page
      .locator("#uploads li", { hasText: "two.txt" })
      .getByText(/stored as/)
      .waitFor();
  });

  it("says what is wrong with a file, on a phone", async () => {
    const page = await open({ viewport: { width: 360, height: 740 } });
    const large = join(mkdtempSync(join(tmpdir(), "large-")), `${"long-name-".repeat(12)}.iso`);
    writeFileSync(large, "");
    truncateSync(large, LARGEST_FILE + 1);
    await page.locator("#files").setInputFiles(large);
    await page.getByText("failed: a file has at most 20 MiB").waitFor();
    rmSync(dirname(large), { recursive: true });
    expect(await fitsWindow(page)).toBe(true);
  });

  it("cancels, leaves nothing behind, and tries again", async () => {
    const page = await open();
    program.process.kill("SIGSTOP");
    try {
      const files = ["slow.bin", "waiting.bin"].map((name) => fileOf(name, randomBytes(500_000)));
      await page.locator("#files").setInputFiles(files);
      const rows = page.locator("#uploads li");
      await rows.filter({ hasText: "waiting.bin" }).getByRole("button", { name: "Cancel" }).click();
      await rows.filter({ hasText: "slow.bin" }).getByRole("button", { name: "Cancel" }).press("Enter");
    } finally {
      program.process.kill("SIGCONT");
    }
    await expect.poll(() => page.getByText("cancelled").count()).toBe(2);
    await expect.poll(parts).toEqual([]);
    await page.getByRole("button", { name: "Try again" }).last().press("Enter");
    await page.getByText(/stored as .*slow\.bin/).waitFor();
  });

  it("says that the connection was lost, and tries again when it is back", async () => {
    const page = await open();
    const port = Number(new URL(program.url).port);
    await program.stop();
    await page.getByRole("status").getByText("reconnecting").waitFor();
    await page.locator("#files").setInputFiles(fileOf("late.bin", Buffer.from("late")));
    await page.getByText("failed: there is no connection").waitFor();
    await start(port);
    await page.getByRole("status").getByText("connected", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText(/stored as .*late\.bin/).waitFor();
    expect(existsSync(folder())).toBe(true);
  });
});
