import type { TransportOptions } from "../../engine/options.ts";
import { Polling } from "../../engine/polling.ts";
import { createHttpRequester } from "./http-requester.ts";

const requester = createHttpRequester();

/** Polling over node:http and node:https. */
export class NodeXHR extends Polling {
  constructor(options: TransportOptions) {
    super(options, requester);
  }
}
