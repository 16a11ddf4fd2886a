// The client bundles that the package brings, in every form in which they go out (server.md §17). A file is read once
// and compressed once for each coding: eight files of four forms are all that is ever kept.

import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, deflate, gzip } from "node:zlib";
import { chooseCoding } from "@tautline/hosts/node/compression";

const scripts = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"];

/** The names under which bundles and their source maps are offered. */
export const bundleNames: ReadonlySet<string> = new Set(scripts.flatMap((name) => [name, `${name}.map`]));

const compressors = {
  br: promisify<Buffer, Buffer>(brotliCompress),
  gzip: promisify<Buffer, Buffer>(gzip),
  deflate: promisify<Buffer, Buffer>(deflate),
} as const;

type Coding = keyof typeof compressors;
const codings: readonly Coding[] = ["br", "gzip", "deflate"];

/** Reads bundles from a folder and answers requests with them. */
export class ClientBundles {
  readonly #folder: () => URL;
  /** By name and coding. */
  readonly #forms: Map<string, Promise<Buffer>> = new Map();

  /** `folder` is asked when a file is first read: a program that bundles the server may have moved it. */
  constructor(folder: () => URL) {
    this.#folder = folder;
  }

  /**
   * Answers with a bundle, in the coding that the client likes best.
   *
   * @throws Error when there is no bundle of that name, or its file is missing; nothing is answered then
   */
  async send(name: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const coding = chooseCoding(req, codings);
    const body = await this.#formOf(name, coding);
    if (coding !== undefined) res.setHeader("Content-Encoding", coding);
    // What a cache keeps for one client may be in a coding that another one does not know.
    res.appendHeader("Vary", "Accept-Encoding");
    res.setHeader("Content-Length", body.byteLength);
    res.writeHead(200);
    if (req.method === "HEAD") res.end();
    else res.end(body);
  }

  #formOf(name: string, coding: Coding | undefined): Promise<Buffer> {
    const key = `${name} ${coding ?? ""}`;
    const known = this.#forms.get(key);
    if (known) return known;
    const form =
      coding === undefined ? this.#read(name) : this.#formOf(name, undefined).then(compressors[coding]);
    this.#forms.set(key, form);
    // A file that is missing may be there when it is asked for again.
    form.catch(() => this.#forms.delete(key));
    return form;
  }

  async #read(name: string): Promise<Buffer> {
    // Also keeps names such as `../secret` out of the path.
    if (!bundleNames.has(name)) throw new Error(`there is no client bundle "${name}"`);
    try {
      return await readFile(new URL(name, this.#folder()));
    } catch (cause) {
      throw new Error(`the client bundle "${name}" is missing: \`npm run build\` makes it`, { cause });
    }
  }
}
