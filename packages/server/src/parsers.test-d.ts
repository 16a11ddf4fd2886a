// The parsers and the option that takes them fit together, ours and upstream's. Compiled, never run.

import * as publishedMsgpack from "socket.io-msgpack-parser";
import * as publishedStandard from "socket.io-parser";
import { Server } from "./index.ts";
import * as msgpack from "./msgpack-parser.ts";
import * as standard from "./standard-parser.ts";

export function takeEveryParser(): void {
  new Server({ parser: msgpack });
  new Server({ parser: standard });
  new Server({ parser: publishedMsgpack });
  new Server({ parser: publishedStandard });
}

export function useStandalone(): string {
  const decoder = new standard.Decoder({ maxAttachments: 3 });
  decoder.on("decoded", ({ type, nsp }) => `${standard.PacketType[type]} ${nsp.length}`);
  // @ts-expect-error a packet has a namespace
  new msgpack.Encoder().encode({ type: msgpack.PacketType.EVENT });
  return standard.PacketType[standard.PacketType.EVENT];
}
