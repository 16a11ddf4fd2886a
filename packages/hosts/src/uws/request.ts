import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { UwsRequestView, UwsResponder } from "./app.ts";

/** What the sockets of all requests inherit: none of them is connected to anything. */
const unconnected = new Socket();

/** A copy of a request in the shape of Node's, which programs and middlewares know. Its body is not readable here. */
export class UwsRequest extends IncomingMessage {
  constructor(res: UwsResponder, req: UwsRequestView, isEncrypted: boolean) {
    super(createSocket(res, isEncrypted));
    const query = req.getQuery();
    this.method = req.getMethod().toUpperCase();
    this.url = query ? `${req.getUrl()}?${query}` : req.getUrl();
    this.httpVersion = "1.1";
    this.httpVersionMajor = 1;
    this.httpVersionMinor = 1;
    this.headers = readHeaders(req);
    this.complete = true;
    this.push(null);
  }
}

function createSocket(res: UwsResponder, isEncrypted: boolean): Socket {
  const remoteAddress = Buffer.from(res.getRemoteAddressAsText()).toString();
  return Object.create(unconnected, {
    remoteAddress: { value: remoteAddress, enumerable: true },
    // It would destroy what all inherit.
    destroy: { value: doNothing },
    ...(isEncrypted && { encrypted: { value: true, enumerable: true } }),
  });
}

/** A repeated header is joined as Node joins it. */
function readHeaders(req: UwsRequestView): Record<string, string> {
  const headers: Record<string, string> = {};
  req.forEach((name, value) => {
    const known = headers[name];
    headers[name] = known === undefined ? value : `${known}${name === "cookie" ? ";" : ","} ${value}`;
  });
  return headers;
}

function doNothing(): void {}
