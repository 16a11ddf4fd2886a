// What both roles need of the opening handshake (RFC 6455 §4).

import { hash } from "node:crypto";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isToken } from "./extension-header.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The value of Sec-WebSocket-Accept that proves `key` was read (RFC 6455 §4.2.2). */
export function acceptKeyOf(key: string): string {
  return hash("sha1", key + GUID, "base64");
}

/** Whether a comma-separated header holds `token`, in any case. */
export function hasToken(header: string | undefined, token: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((part) => part.trim().toLowerCase() === token);
}

/** The subprotocols of a header, or `undefined` if it breaks the grammar or names one twice. CVE-2021-32640. */
export function parseProtocols(header: string): string[] | undefined {
  const names = header.split(",").map((name) => name.trim());
  if (!names.every(isToken) || new Set(names).size !== names.length) return undefined;
  return names;
}

/** A socket carries small messages at once and stays quiet for as long as it likes. */
export function prepareSocket(socket: Duplex): void {
  if (!(socket instanceof Socket)) return;
  socket.setTimeout(0);
  socket.setNoDelay(true);
}
