// Transports on the globals of the web: browsers, workers, React Native, and runtimes that have some of them.

import type { TransportOptions } from "../../engine/options.ts";
import { Polling } from "../../engine/polling.ts";
import { WebTransportTransport } from "../../engine/webtransport.ts";
import { fetchRequester } from "./fetch-requester.ts";
import { xhrRequester } from "./xhr-requester.ts";

/** Polling by XMLHttpRequest. */
export class XHR extends Polling {
  constructor(options: TransportOptions) {
    super(options, xhrRequester);
  }
}

/** Polling by `fetch`. */
export class Fetch extends Polling {
  constructor(options: TransportOptions) {
    super(options, fetchRequester);
  }
}

/** WebTransport by the global constructor. */
class GlobalWebTransport extends WebTransportTransport {
  constructor(options: TransportOptions) {
    super(options, (uri, settings) => new globalThis.WebTransport(uri, settings));
  }
}

export { GlobalWebTransport as WebTransport };
