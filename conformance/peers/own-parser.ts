import { EventEmitter } from "node:events";
import { deserialize, serialize } from "node:v8";

// A parser as a program may write it: of each packet a text, its head, and a Buffer, its data.

interface Packet {
  readonly type: number;
  readonly nsp: string;
  readonly data?: unknown;
  readonly id?: number;
}

class Encoder {
  encode({ type, nsp, id, data }: Packet): (string | Buffer)[] {
    return [JSON.stringify({ type, nsp, id }), serialize(data)];
  }
}

class Decoder extends EventEmitter {
  #head: Packet | undefined;

  add(message: unknown): void {
    if (typeof message === "string") {
      if (this.#head !== undefined) throw new Error("two heads without data between them");
      this.#head = JSON.parse(message);
      return;
    }
    const head = this.#head;
    if (head === undefined) throw new Error("data without a head");
    this.#head = undefined;
    this.emit("decoded", { ...head, data: deserialize(Buffer.from(Object(message))) });
  }

  destroy(): void {
    this.#head = undefined;
  }
}

export const ownParser = { Encoder, Decoder };
