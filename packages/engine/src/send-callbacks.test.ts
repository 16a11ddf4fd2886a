import { describe, expect, it } from "vitest";
import { SendCallbacks } from "./send-callbacks.ts";
import { RecordingTransport } from "./testing/recording-transport.ts";

describe("SendCallbacks", () => {
  it("that throw are reported, and the others run", () => {
    const log: unknown[] = [];
    const callbacks = new SendCallbacks((error) => log.push(error));
    callbacks.add(() => {
      throw "thrown";
    });
    callbacks.add(() => log.push("b"));
    callbacks.onHandedOver();
    callbacks.run(new RecordingTransport());
    expect(log).toEqual(["thrown", "b"]);
  });

  it("run once, in order, and only those whose message was handed over", () => {
    const transport = new RecordingTransport();
    const callbacks = new SendCallbacks(() => {});
    const log: unknown[] = [];
    callbacks.add((by) => log.push(by));
    callbacks.add(() => {
      log.push("b");
      callbacks.add(() => log.push("later"));
    });
    callbacks.run(transport);
    expect(log).toEqual([]);
    callbacks.onHandedOver();
    callbacks.run(transport);
    callbacks.run(transport);
    expect(log).toEqual([transport, "b"]);
    callbacks.onHandedOver();
    callbacks.run(transport);
    expect(log).toEqual([transport, "b", "later"]);
  });
});
