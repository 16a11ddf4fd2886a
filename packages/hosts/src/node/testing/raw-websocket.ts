// A WebSocket client spoken byte by byte, without any library of ours: what it shows is what is on the wire.

import { connect, type Socket } from "node:net";

/** RFC 6455 §1.3. */
const EXAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export class RawWebSocket {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(port: number, path: string, headers: readonly string[] = []) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (piece) => {
      this.#received = Buffer.concat([this.#received, piece]);
      this.#wake();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
    const lines = [
      `GET ${path} HTTP/1.1`,
      "Host: localhost",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${EXAMPLE_KEY}`,
      ...headers,
    ];
    this.socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  }

  /** The head of the response, up to the empty line. */
  async head(): Promise<string> {
    await this.#until(() => this.#received.includes("\r\n\r\n"));
    const end = this.#received.indexOf("\r\n\r\n") + 4;
    return this.#take(end).toString("latin1");
  }

  /** Exactly this many bytes. */
  async bytes(count: number): Promise<string> {
    await this.#until(() => this.#received.length >= count);
    return this.#take(count).toString("hex");
  }

  /** The content of the next frame: text, bytes, or `close` with its code. */
  async next(): Promise<string | Buffer> {
    await this.#until(() => this.#frameLength() !== undefined || this.#isClosed);
    const length = this.#frameLength();
    if (length === undefined) return "ended";
    const frame = this.#take(length);
    const payload = frame.subarray(headerLength(frame));
    const opcode = (frame[0] ?? 0) & 15;
    if (opcode === 1) return payload.toString();
    if (opcode === 8) return payload.length < 2 ? "close" : `close ${payload.readUInt16BE(0)}`;
    return Buffer.from(payload);
  }

  /** Everything that comes until the connection ends. */
  async rest(): Promise<Buffer> {
    await this.#until(() => this.#isClosed);
    return this.#take(this.#received.length);
  }

  /** One masked frame; text unless bytes are given. */
  send(data: string | Uint8Array, opcode: number = typeof data === "string" ? 1 : 2): void {
    this.socket.write(encodeFrame(Buffer.from(data), opcode));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #take(count: number): Buffer {
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  #frameLength(): number | undefined {
    const header = headerLength(this.#received);
    if (this.#received.length < header) return undefined;
    const short = (this.#received[1] ?? 0) & 127;
    const payload =
      short < 126
        ? short
        : short === 126
          ? this.#received.readUInt16BE(2)
          : Number(this.#received.readBigUInt64BE(2));
    return this.#received.length < header + payload ? undefined : header + payload;
  }

  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone() && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function headerLength(frame: Buffer): number {
  if (frame.length < 2) return 2;
  const short = (frame[1] ?? 0) & 127;
  return short < 126 ? 2 : short === 126 ? 4 : 10;
}

/** A frame as a client sends it. */
function encodeFrame(payload: Buffer, opcode: number): Buffer {
  const mask = Buffer.of(1, 2, 3, 4);
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  const masked = Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  return Buffer.concat([header, mask, masked]);
}
