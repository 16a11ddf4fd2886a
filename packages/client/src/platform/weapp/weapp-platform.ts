import type { TransportOptions } from "../../engine/options.ts";
import { Polling } from "../../engine/polling.ts";
import type { TransportConstructor } from "../../engine/transport.ts";
import { startUpgrade } from "../../engine/upgrade.ts";
import { WebSocketTransport } from "../../engine/websocket.ts";
import type { Platform } from "../../platform.ts";
import { MemoryCookieJar } from "../node/cookie-jar.ts";
import { arithmeticBase64 } from "./base64.ts";
import type { MiniProgram } from "./mini-program.ts";
import { createNetworkEvents } from "./network-events.ts";
import { createRequester } from "./request.ts";
import { createSocketConnector } from "./socket-task.ts";
import { createWeappClock } from "./weapp-clock.ts";

/** A mini-program on a host that is looked up when it is needed. */
export function createWeappPlatform(findHost: () => MiniProgram | undefined): Platform {
  const host = (): MiniProgram => {
    const found = findHost();
    if (!found) throw new Error("no `wx` here: outside of WeChat use createClient(host)");
    return found;
  };
  const requester = createRequester(host);
  const connect = createSocketConnector(host);
  class WeappPolling extends Polling {
    constructor(options: TransportOptions) {
      super(options, requester);
    }
  }
  class WeappWebSocket extends WebSocketTransport {
    constructor(options: TransportOptions) {
      super(options, connect);
    }
  }
  return {
    transports: new Map<string, TransportConstructor>([
      ["polling", WeappPolling],
      ["websocket", WeappWebSocket],
    ]),
    startUpgrade,
    // client-platforms.md 7.6: the requests that may run at once are few
    defaultTransports: () => ["websocket", "polling"],
    base64: arithmeticBase64,
    binaryType: "arraybuffer",
    memory: { isWebSocketKnownToWork: false },
    createClock: createWeappClock,
    random: Math.random,
    location: () => undefined,
    toBinary: ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength),
    createCookieJar: () => new MemoryCookieJar(Date.now),
    onPageEvent: createNetworkEvents(findHost),
  };
}
