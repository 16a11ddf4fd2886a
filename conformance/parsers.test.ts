import { describe } from "vitest";
import type { ClientKind, Mode } from "./peers/client-peer.ts";
import { modes } from "./peers/client-peer.ts";
import { type ParserName, parsers } from "./peers/parsers.ts";
import type { ServerKind } from "./peers/server-peer.ts";
import { acknowledging } from "./suites/acknowledging.ts";
import { binary } from "./suites/binary.ts";
import { broadcasting } from "./suites/broadcasting.ts";
import { connecting } from "./suites/connecting.ts";
import { setStage } from "./suites/stage.ts";
import { upgrading } from "./suites/upgrading.ts";

const published: ParserName = "socket.io-msgpack-parser";
const ours: ParserName = "our MessagePack";
const own: ParserName = "one of its own";

interface Encodings {
  readonly server: ParserName;
  readonly client: ParserName;
  readonly over: readonly Mode[];
}

// Who speaks MessagePack with whom: upstream's package on both sides, and ours against it on each side.
const withOneOfOurs: readonly Encodings[] = [
  { server: published, client: published, over: modes },
  { server: ours, client: published, over: ["upgraded"] },
  { server: published, client: ours, over: ["upgraded"] },
  { server: own, client: own, over: ["upgraded"] },
];
// Upstream with itself proves that the suites hold for MessagePack.
const proof: readonly Encodings[] = [
  { server: published, client: published, over: ["websocket"] },
  { server: ours, client: ours, over: ["upgraded"] },
  { server: own, client: own, over: ["upgraded"] },
];
const amongOurs: readonly Encodings[] = [
  { server: ours, client: ours, over: modes },
  { server: "socket.io-parser", client: "our standard", over: ["upgraded"] },
  { server: "our standard", client: "socket.io-parser", over: ["upgraded"] },
];

for (const server of ["tautline", "socket.io"] as const) {
  for (const client of ["tautline", "socket.io-client 4"] as const) {
    const isOurs = server === "tautline" || client === "tautline";
    for (const encodings of isOurs ? withOneOfOurs : proof) runEncodings(server, client, encodings);
  }
}
for (const encodings of amongOurs) runEncodings("tautline", "tautline", encodings);
runEncodings("socket.io", "socket.io-client 4", {
  server: "our standard",
  client: "our standard",
  over: ["upgraded"],
});

function runEncodings(server: ServerKind, client: ClientKind, encodings: Encodings): void {
  const title = `${client} by ${encodings.client} with ${server} by ${encodings.server}`;
  for (const mode of encodings.over) {
    describe(`${title}, ${mode}`, () => {
      const byName = { server: parsers[encodings.server], client: parsers[encodings.client] };
      const stage = setStage({ server, client, mode, parsers: byName }, { maxHttpBufferSize: 4_000_000 });
      connecting(stage);
      binary(stage);
      acknowledging(stage);
      broadcasting(stage);
      if (mode === "upgraded") upgrading(stage);
    });
  }
}
