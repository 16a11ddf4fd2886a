import { within } from "./deadline.ts";
import { connectTcp, type RawConnection } from "./http.ts";

/** One frame as it stood on the wire. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly bytes: Buffer;
}

/** How a hand-made frame departs from a proper one. */
export interface FrameFaults {
  readonly isFinal?: boolean;
  readonly isMasked?: boolean;
  /** The three reserved bits, as the number 0–7. */
  readonly reserved?: number;
  /** Writes the length with this many bytes (1, 3 or 9 of header), fitting or not. */
  readonly lengthForm?: 1 | 3 | 9;
  /** Announces this length instead of the payload's own. */
  readonly announced?: bigint;
}

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** The head of a WebSocket handshake; `headers` replace or, with the value `undefined`, remove the usual ones. */
export function upgradeRequest(
  path: string,
  headers: Readonly<Record<string, string | undefined>> = {},
  method: string = "GET",
): string {
  const all: Record<string, string | undefined> = {
    Host: "127.0.0.1",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined);
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

/** A client frame with a fixed mask, proper but for `faults`. */
export function frame(opcode: number, payload: string | Uint8Array = "", faults: FrameFaults = {}): Buffer {
  const { isFinal = true, isMasked = true, reserved = 0 } = faults;
  const data = Buffer.from(payload);
  const length = faults.announced ?? BigInt(data.length);
  const form = faults.lengthForm ?? (length < 126n ? 1 : length < 65_536n ? 3 : 9);
  const head = Buffer.alloc(1 + form);
  head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const maskBit = isMasked ? 0x80 : 0;
  if (form === 1) head[1] = maskBit | Number(length);
  if (form === 3) {
    head[1] = maskBit | 126;
    head.writeUInt16BE(Number(length), 2);
  }
  if (form === 9) {
    head[1] = maskBit | 127;
    head.writeBigUInt64BE(length, 2);
  }
  if (!isMasked) return Buffer.concat([head, data]);
  const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  return Buffer.concat([head, mask, data.map((byte, at) => byte ^ mask.readUInt8(at % 4))]);
}

/** A WebSocket connection of which the suite writes every byte. */
export class RawWebSocket {
  /** The head of the server's answer, as text. */
  readonly head: string;
  readonly #connection: RawConnection;
  readonly #firstByte: number;
  #taken = 0;
  #wake: () => void = () => {};

  private constructor(connection: RawConnection, head: string) {
    this.#connection = connection;
    this.head = head;
    this.#firstByte = Buffer.byteLength(head, "latin1");
    connection.onData(() => this.#wake());
    connection.closed.then(() => this.#wake());
  }

  /** Sends a handshake and waits for the head of the answer, whatever it says. */
  static async open(
    url: string,
    path: string,
    headers: Record<string, string | undefined> = {},
  ): Promise<RawWebSocket> {
    const connection = await connectTcp(url);
    connection.write(upgradeRequest(path, headers));
    const head = await within(readHead(connection), `answer to the upgrade of ${path}`);
    return new RawWebSocket(connection, head);
  }

  get isSwitched(): boolean {
    return this.head.startsWith("HTTP/1.1 101");
  }

  /** All bytes after the head so far. */
  get rest(): Buffer {
    return this.#connection.received().subarray(this.#firstByte);
  }

  send(bytes: Uint8Array): void {
    this.#connection.write(bytes);
  }

  sendText(text: string): void {
    this.send(frame(TEXT, text));
  }

  sendBinary(bytes: Uint8Array): void {
    this.send(frame(BINARY, bytes));
  }

  /** The next frame of the server; `undefined` when the connection ended before one came. */
  async nextFrame(): Promise<Frame | undefined> {
    for (;;) {
      const found = parseFrame(this.rest.subarray(this.#taken));
      if (found !== undefined) {
        this.#taken += found.bytes.length;
        return found;
      }
      if (await within(this.#isOver(), "frame of the server")) return undefined;
    }
  }

  /** The payload of the next frame, as text. */
  async nextText(): Promise<string | undefined> {
    return (await this.nextFrame())?.payload.toString();
  }

  /** Frames up to the close frame or the end: the code of the close, 1005 without one, 1006 without a close frame. */
  async closeCode(): Promise<number> {
    for (;;) {
      const next = await this.nextFrame();
      if (next === undefined) return 1006;
      if (next.opcode === CLOSE) return next.payload.length >= 2 ? next.payload.readUInt16BE(0) : 1005;
    }
  }

  reset(): void {
    this.#connection.reset();
  }

  stopReading(): void {
    this.#connection.stopReading();
  }

  // Resolves with true at the end of the connection, with false when more has arrived.
  #isOver(): Promise<boolean> {
    const before = this.rest.length;
    return new Promise((resolve) => {
      this.#wake = () => resolve(this.rest.length === before);
      this.#connection.closed.then(() => resolve(this.rest.length === before));
    });
  }
}

async function readHead(connection: RawConnection): Promise<string> {
  for (;;) {
    const text = connection.received().toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) return text.slice(0, end + 4);
    const isOver = await Promise.race([
      connection.closed.then(() => true),
      new Promise<false>((resolve) => connection.onData(() => resolve(false))),
    ]);
    if (isOver) return connection.received().toString("latin1");
  }
}

function parseFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < start) return undefined;
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < start + length) return undefined;
  return {
    opcode: bytes.readUInt8(0) & 0x0f,
    payload: bytes.subarray(start, start + length),
    bytes: bytes.subarray(0, start + length),
  };
}
