// The browser's `io()` and `Manager` with MessagePack in place of the standard encoding (client.md 1.3).

import { createIo, type Io } from "../../entry.ts";
import { Decoder, Encoder } from "../../msgpack-parser.ts";
import type { ManagerOptions } from "../../options.ts";
import { browserPlatform } from "./browser-platform.ts";
import { Manager as StandardManager } from "./client.ts";

const parser = { Encoder, Decoder };

class Manager extends StandardManager {
  constructor(uri?: string | ManagerOptions, options?: ManagerOptions) {
    const given = typeof uri === "object" ? uri : options;
    super(typeof uri === "string" ? uri : undefined, { parser, ...given });
  }
}

/** A socket of a namespace, on a connection shared with other namespaces of the same server. */
export const io: Io<typeof Manager> = createIo(Manager, {
  createManager: (uri, options) => new Manager(uri, options),
  location: browserPlatform.location,
  cache: new Map(),
});
