import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asBinary3, asText, asText3, byteLengthOf, utf8Length } from "./outbound-forms.ts";
import { OutboundPacket } from "./outbound-packet.ts";
import { testBase64 } from "./testing/test-runtime.ts";

const binary = () => new OutboundPacket("message", Uint8Array.of(0xca, 0xfe, 0x00));

describe("the forms of an outbound packet", () => {
  it("are text or bare bytes on a WebSocket of revision 4 (EIO §51)", () => {
    expect(new OutboundPacket("message", "tick").payload).toBe("4tick");
    expect(new OutboundPacket("message").payload).toBe("4");
    expect(new OutboundPacket("ping").payload).toBe("2");
    expect(binary().payload).toEqual(Uint8Array.of(0xca, 0xfe, 0x00));
  });

  it("are base64 for text channels, with the digit in revision 3 only (EIO §62.1)", () => {
    expect(asText(binary(), testBase64).payload).toBe("byv4A");
    expect(asText3(binary(), testBase64).payload).toBe("b4yv4A");
    expect(asBinary3(binary()).payload).toEqual(Uint8Array.of(4, 0xca, 0xfe, 0x00));
  });

  it("are the packet itself when it is text", () => {
    const packet = new OutboundPacket("message", "x");
    expect([asText(packet, testBase64), asText3(packet, testBase64), asBinary3(packet)]).toEqual([
      packet,
      packet,
      packet,
    ]);
  });

  it("are made once", () => {
    const packet = binary();
    expect(asText(packet, testBase64)).toBe(asText(packet, testBase64));
    expect(asText3(packet, testBase64)).toBe(asText3(packet, testBase64));
    expect(asBinary3(packet)).toBe(asBinary3(packet));
  });

  it("know their bytes", () => {
    expect(byteLengthOf(new OutboundPacket("message", "naïve ☕"))).toBe(11);
    expect(byteLengthOf(binary())).toBe(3);
  });

  it("show what listeners of packetCreate read", () => {
    expect(new OutboundPacket("message", "a", false)).toMatchObject({
      type: "message",
      data: "a",
      options: { compress: false },
    });
  });
});

describe("utf8Length", () => {
  it("agrees with the encoder on any text, lone surrogates included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      }),
    );
    for (const text of ["\ud800", "\udc00", "a\ud83d", "\ud83d\ude00", "\ud83d\ud83d\ude00"]) {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    }
  });
});
