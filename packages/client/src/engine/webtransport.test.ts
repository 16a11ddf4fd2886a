import { beforeEach, describe, expect, it } from "vitest";
import { RecordingPlatform } from "../testing/recording-platform.ts";
import { EngineSocket } from "./engine-socket.ts";
import type { TransportOptions } from "./options.ts";
import { createStreamDecoder, encodeStreamFrame } from "./stream-frames.ts";
import { WebTransportTransport } from "./webtransport.ts";

const HANDSHAKE = `0${JSON.stringify({ sid: "s1", upgrades: [], pingInterval: 100, pingTimeout: 100 })}`;

/** The server's end of one session. */
class FakeSession {
  readonly received: unknown[] = [];
  readonly uri: string;
  isClosed = false;
  readonly ready = Promise.resolve();
  readonly closed: Promise<void>;
  end: () => void = () => {};
  fail: (error: Error) => void = () => {};
  #chunks: Uint8Array[] = [];
  #wake: () => void = () => {};

  constructor(uri: string) {
    this.uri = uri;
    this.closed = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
  }

  close(): void {
    this.isClosed = true;
  }

  async createBidirectionalStream(): Promise<{
    readable: { getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> } };
    writable: { getWriter(): { write(bytes: Uint8Array): Promise<void> } };
  }> {
    const decode = createStreamDecoder(
      (content) => this.received.push(content),
      () => this.received.push("broken"),
    );
    return {
      readable: { getReader: () => ({ read: () => this.#read() }) },
      writable: { getWriter: () => ({ write: async (bytes) => decode(bytes) }) },
    };
  }

  send(content: string | Uint8Array): void {
    this.#chunks.push(...encodeStreamFrame(content));
    this.#wake();
  }

  sendRaw(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#wake();
  }

  async #read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> {
    if (this.#chunks.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return { done: false, value: this.#chunks.shift() };
  }
}

let platform: RecordingPlatform;
let session: FakeSession;
let log: unknown[];

function open(): EngineSocket {
  class Test extends WebTransportTransport {
    constructor(options: TransportOptions) {
      super(options, (uri) => {
        session = new FakeSession(uri);
        return session;
      });
    }
  }
  const engine = new EngineSocket(platform, "http://h:1", { transports: [Test], query: { a: 1 } });
  engine.on("open", () => log.push("open"));
  engine.on("data", (data) => log.push(data));
  engine.on("error", (error) => log.push(error.message));
  engine.on("close", (reason) => log.push(reason));
  return engine;
}

async function openFully(): Promise<EngineSocket> {
  const engine = open();
  session.send(HANDSHAKE);
  await expect.poll(() => log).toEqual(["open"]);
  return engine;
}

beforeEach(() => {
  platform = new RecordingPlatform();
  log = [];
});

describe("WebTransportTransport", () => {
  it("opens a session without parameters, always secure, and says open first", async () => {
    await openFully();
    expect(session.uri).toBe("https://h:1/engine.io/");
    expect(session.received).toEqual(["0"]);
  });

  it("carries text and binary both ways", async () => {
    const engine = await openFully();
    engine.write("x");
    await expect.poll(() => session.received.length).toBe(2);
    engine.write(Uint8Array.of(1, 2));
    await expect.poll(() => session.received).toEqual(["0", "4x", Uint8Array.of(1, 2)]);
    session.send("4y");
    session.send(Uint8Array.of(3));
    await expect.poll(() => log).toEqual(["open", "y", Uint8Array.of(3).buffer]);
  });

  it("sends empty binary as text, for which there is a frame (EIO §11.2)", async () => {
    const engine = await openFully();
    engine.write(new Uint8Array());
    await expect.poll(() => session.received).toEqual(["0", "b"]);
  });

  it("closes with the session, in order or not", async () => {
    await openFully();
    session.end();
    await expect.poll(() => log.at(-1)).toBe("transport close");
    log = [];
    await openFully();
    session.fail(new Error("lost"));
    await expect.poll(() => log.slice(1)).toEqual(["webtransport error", "transport error"]);
  });

  it("closes the session when the engine closes", async () => {
    const engine = await openFully();
    engine.close();
    expect(session.isClosed).toBe(true);
  });

  it("closes on a broken stream", async () => {
    await openFully();
    session.sendRaw(Uint8Array.of(0));
    await expect.poll(() => log.slice(1)).toEqual(["server error", "transport error"]);
  });
});
