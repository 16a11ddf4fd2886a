import { createRequire } from "node:module";
import * as ourMsgpack from "@tautline/server/msgpack-parser";
import * as ourStandard from "@tautline/server/parser";
import { ownParser } from "./own-parser.ts";

/** A `parser` option, as servers and clients alike take it (SIO §37). */
export interface ParserOption {
  readonly Encoder: new () => { encode(packet: never): readonly unknown[] };
  readonly Decoder: new () => object;
}

const load = createRequire(import.meta.url);

/** The parsers that the suites know: published ones, ours, and one as a program may write it. */
export const parsers = {
  "socket.io-msgpack-parser": load("socket.io-msgpack-parser"),
  "socket.io-parser": load("socket.io-parser"),
  "our MessagePack": ourMsgpack,
  "our standard": ourStandard,
  "one of its own": ownParser,
} satisfies Record<string, ParserOption>;

export type ParserName = keyof typeof parsers;
