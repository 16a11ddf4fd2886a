// The bodies of long polling: what answers a GET, and what a POST carries (EIO §4, §5, §20).

import type { Base64 } from "@tautline/protocol/base64";
import type { EnginePacket } from "@tautline/protocol/engine-packet";
import { decodePayload, joinPayload } from "@tautline/protocol/engine-payload";
import { decodeV3BinaryPayload, decodeV3TextPayload, encodeV3Payload } from "@tautline/protocol/engine-v3";
import { decodeJsonpBody, encodeJsonpBody } from "@tautline/protocol/jsonp";
import { asText } from "../outbound-forms.ts";
import type { OutboundPacket } from "../outbound-packet.ts";
import type { Revision } from "../transport.ts";

/** How the bodies of one session look, fixed at its handshake. */
export interface PollDialect {
  readonly protocol: Revision;
  readonly supportsBinary: boolean;
  /** The digits of `j`; `undefined` without JSONP (EIO §20). */
  readonly jsonpIndex: string | undefined;
  readonly base64: Base64;
}

export interface PollBody {
  readonly body: string | Uint8Array;
  readonly contentType: string;
}

const TEXT = "text/plain; charset=UTF-8";
const BINARY = "application/octet-stream";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The body that answers a GET (EIO §9.1). */
export function encodePollBody(packets: readonly OutboundPacket[], dialect: PollDialect): PollBody {
  const payload = encodePayload(packets, dialect);
  if (dialect.jsonpIndex !== undefined) {
    // EIO §20: without `b64` a binary payload of revision 3 has no form that a script could carry as bytes.
    const text = typeof payload === "string" ? payload : utf8.decode(payload);
    return { body: encodeJsonpBody(dialect.jsonpIndex, text), contentType: TEXT };
  }
  return { body: payload, contentType: typeof payload === "string" ? TEXT : BINARY };
}

/** Whether a POST may carry this type of content; revision 4 knows text only (EIO §0.3, CVE-2026-59725). */
export function isAcceptedContent(contentType: string | undefined, dialect: PollDialect): boolean {
  return contentType !== BINARY || dialect.protocol === 3;
}

/** The packets of a POST; never throws. A JSONP body without its field carries none (EIO §20). */
export function decodePostBody(
  body: Uint8Array,
  contentType: string | undefined,
  dialect: PollDialect,
): readonly EnginePacket[] {
  const { base64, protocol } = dialect;
  if (protocol === 3 && contentType === BINARY) return decodeV3BinaryPayload(body, base64);
  const text = textOf(body, dialect);
  if (text === undefined) return [];
  return protocol === 3 ? decodeV3TextPayload(text, base64) : decodePayload(text, base64);
}

function textOf(body: Uint8Array, dialect: PollDialect): string | undefined {
  const text = utf8.decode(body);
  return dialect.jsonpIndex === undefined ? text : decodeJsonpBody(text);
}

function encodePayload(packets: readonly OutboundPacket[], dialect: PollDialect): string | Uint8Array {
  const { protocol, supportsBinary, jsonpIndex, base64 } = dialect;
  if (protocol === 3) return encodeV3Payload(packets, supportsBinary && jsonpIndex === undefined, base64);
  return joinPayload(packets.map((packet) => String(asText(packet, base64).payload)));
}
