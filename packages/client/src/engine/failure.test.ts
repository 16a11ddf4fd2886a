import { expect, it } from "vitest";
import { RecordingPlatform } from "../testing/recording-platform.ts";
import { EngineSocket } from "./engine-socket.ts";
import { diagnose } from "./failure.ts";

const platform = new RecordingPlatform();

function open(): EngineSocket {
  return new EngineSocket(platform, "http://h", {});
}

it("diagnose tells a connection that was lost from one that never was", () => {
  const engine = open();
  expect(diagnose(engine, {})).toMatchObject({
    code: "EIO_CONNECT_FAILED",
    phase: "handshake",
    transport: "polling",
  });
  platform.latest.accept();
  expect(diagnose(engine, {})).toMatchObject({ code: "EIO_CONNECTION_LOST", phase: "session" });
});

it("diagnose says where more is written", () => {
  expect(diagnose(open(), {}).hint).toBe("see EIO_CONNECT_FAILED in docs/troubleshooting.md");
});

it.each([
  [{ context: { code: 1009 } }, { code: "EIO_PAYLOAD_TOO_LARGE", closeCode: 1009 }],
  [{ context: { code: 1006 } }, { code: "EIO_CONNECT_FAILED", closeCode: 1006 }],
  [{ context: { status: 404 } }, { status: 404 }],
  [{ description: { status: 503 } }, { status: 503 }],
  [{ context: { status: 0 } }, { status: undefined }],
  [{ code: "parser error" }, { code: "parser error" }],
])("diagnose reads %j", (details, expected) => {
  expect(diagnose(open(), details)).toMatchObject(expected);
});

it("diagnose keeps what the error says itself", () => {
  const error = new Error("as upstream");
  expect(diagnose(open(), error, "EIO_CONNECT_TIMEOUT")).toBe(error);
  expect(error).toMatchObject({ message: "as upstream", code: "EIO_CONNECT_TIMEOUT" });
});
