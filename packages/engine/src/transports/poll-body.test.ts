import { describe, expect, it } from "vitest";
import { OutboundPacket } from "../outbound-packet.ts";
import { testBase64 as base64 } from "../testing/test-runtime.ts";
import { decodePostBody, encodePollBody, isAcceptedContent, type PollDialect } from "./poll-body.ts";

const V4: PollDialect = { protocol: 4, supportsBinary: true, jsonpIndex: undefined, base64 };
const V3: PollDialect = { ...V4, protocol: 3 };
const JSONP: PollDialect = { ...V3, supportsBinary: false, jsonpIndex: "3" };
const TEXT = "text/plain; charset=UTF-8";
const message = (data: string | Uint8Array) => new OutboundPacket("message", data);
const binary = () => message(Uint8Array.of(0xca, 0xfe, 0));
const bytes = (text: string) => new TextEncoder().encode(text);

describe("encodePollBody", () => {
  it("joins packets, binary as base64 (EIO §50)", () => {
    expect(encodePollBody([message("tick"), binary(), message("naïve ☕")], V4)).toEqual({
      body: "4tick\x1ebyv4A\x1e4naïve ☕",
      contentType: TEXT,
    });
  });

  it("writes revision 3 as text, and as bytes when a packet is binary (EIO §54)", () => {
    expect(encodePollBody([message("tick"), message("naïve ☕")], V3)).toEqual({
      body: "5:4tick8:4naïve ☕",
      contentType: TEXT,
    });
    expect(encodePollBody([message("☕"), binary()], V3)).toEqual({
      body: Uint8Array.of(0, 4, 0xff, 0x34, 0xe2, 0x98, 0x95, 1, 4, 0xff, 4, 0xca, 0xfe, 0),
      contentType: "application/octet-stream",
    });
    expect(encodePollBody([message("☕"), binary()], { ...V3, supportsBinary: false }).body).toBe(
      "2:4☕6:b4yv4A",
    );
  });

  it("wraps JSONP as a script, which never carries bytes (EIO §56)", () => {
    expect(encodePollBody([message("x\ny\u2028")], JSONP).body).toBe('___eio[3]("5:4x\\ny\\u2028");');
    expect(encodePollBody([binary()], { ...JSONP, supportsBinary: true })).toEqual({
      body: '___eio[3]("6:b4yv4A");',
      contentType: TEXT,
    });
  });
});

describe("decodePostBody", () => {
  it("stops after the first undecodable packet", () => {
    expect(decodePostBody(bytes("4a\x1exyz\x1e4b"), undefined, V4)).toEqual([
      { type: "message", data: "a" },
      { type: "error", data: "parser error" },
    ]);
  });

  it("reads revision 3 as text or as bytes, by its content type", () => {
    expect(decodePostBody(bytes("6:4hello"), "text/plain;charset=UTF-8", V3)).toEqual([
      { type: "message", data: "hello" },
    ]);
    const record = Uint8Array.of(1, 4, 0xff, 4, 0xca, 0xfe, 0);
    expect(decodePostBody(record, "application/octet-stream", V3)).toEqual([
      { type: "message", data: Uint8Array.of(0xca, 0xfe, 0) },
    ]);
  });

  it("reads the form of JSONP, and takes one without the field for empty (EIO §20)", () => {
    expect(decodePostBody(bytes("d=4%3A4a%5Cnb"), undefined, JSONP)).toEqual([
      { type: "message", data: "a\nb" },
    ]);
    expect(decodePostBody(bytes("e=1"), undefined, JSONP)).toEqual([]);
  });

  it("CVE-2020-36048: takes time linear in the body", () => {
    const packets = decodePostBody(bytes(Array(250_000).fill("4").join("\x1e")), undefined, V4);
    expect(packets).toHaveLength(250_000);
    expect(decodePostBody(bytes("1:4".repeat(300_000)), undefined, V3)).toHaveLength(300_000);
  });
});

describe("isAcceptedContent", () => {
  it("refuses bytes of revision 4 only", () => {
    expect(isAcceptedContent("application/octet-stream", V4)).toBe(false);
    expect(isAcceptedContent("application/octet-stream", V3)).toBe(true);
    expect(isAcceptedContent("text/plain", V4)).toBe(true);
    expect(isAcceptedContent(undefined, V4)).toBe(true);
  });
});
