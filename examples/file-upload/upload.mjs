// One file on its way. It is written under a name that says so, and gets its own only when it is complete.

import { createHash, randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "./input.mjs";

export class Upload {
  id = randomUUID();
  #size;
  #partPath;
  #file;
  #path;
  #received = 0;
  #hash = createHash("sha256");
  /** Settles when all that has been given to the disk is written; a failure stays in it. */
  #disk = Promise.resolve();
  #handle;
  #isClosed = false;

  /** The id comes first, so that two files of one name are two files, and no name is special to the system. */
  constructor(folder, fileName, size) {
    this.#size = size;
    this.#file = `${this.id}-${fileName}`;
    this.#path = join(folder, this.#file);
    this.#partPath = join(folder, `${this.id}.part`);
  }

  /** Whether it has been stored or discarded. */
  get isClosed() {
    return this.#isClosed;
  }

  async open() {
    await this.#next(async () => {
      // "x": never into a file that is there.
      this.#handle = await open(this.#partPath, "wx", 0o600);
    });
  }

  /** Resolves with the number of bytes received, once they are on the disk. */
  async write(offset, bytes) {
    this.#refuseIfClosed();
    if (offset !== this.#received) {
      throw new InputError("WRONG_OFFSET", `the next chunk begins at ${this.#received}`);
    }
    if (offset + bytes.length > this.#size) {
      throw new InputError("TOO_LONG", `the file was to have ${this.#size} bytes`);
    }
    this.#received += bytes.length;
    this.#hash.update(bytes);
    await this.#next(() => this.#handle.appendFile(bytes));
    return offset + bytes.length;
  }

  /** Resolves with what the file is; a wrong checksum discards it. */
  async finish(expectedSha256) {
    this.#refuseIfClosed();
    if (this.#received < this.#size) {
      throw new InputError("INCOMPLETE", `${this.#size - this.#received} bytes are missing`);
    }
    const sha256 = this.#hash.copy().digest("hex");
    if (expectedSha256 !== undefined && expectedSha256 !== sha256) {
      await this.discard();
      throw new InputError("WRONG_CHECKSUM", "the file has not arrived as it was sent");
    }
    this.#isClosed = true;
    try {
      await this.#next(() => this.#handle.close());
      await rename(this.#partPath, this.#path);
    } catch (error) {
      await this.#remove();
      throw error;
    }
    return { file: this.#file, size: this.#size, sha256 };
  }

  async discard() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#remove();
  }

  async #remove() {
    await this.#disk.catch(() => {});
    await this.#handle?.close();
    await rm(this.#partPath, { force: true });
  }

  /** One after the other, in the order of the calls. */
  #next(work) {
    this.#disk = this.#disk.then(work);
    return this.#disk;
  }

  #refuseIfClosed() {
    if (this.#isClosed) throw new InputError("UNKNOWN_UPLOAD", "this upload has ended");
  }
}
