import vm from "node:vm";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleScript } from "../../../build-scripts.ts";

let script: string;

beforeAll(async () => {
  script = await bundleScript("socket.io.msgpack.min");
});

describe("socket.io.msgpack.min.js", () => {
  it("keeps within its budget of bytes", () => {
    expect(gzipSync(script).length).toBeLessThanOrEqual(21_050);
  });

  it("names the codec that it contains, and its licence", () => {
    expect(script).toContain(
      "with @msgpack/msgpack | Copyright 2019 The MessagePack Community | ISC License",
    );
  });

  it("leaves one global, io, whose managers speak MessagePack unless told otherwise", () => {
    const page: Record<string, unknown> = {
      TextEncoder,
      TextDecoder,
      URL,
      queueMicrotask,
      setTimeout,
      clearTimeout,
    };
    vm.createContext(page);
    const before = Object.keys(page);
    vm.runInContext(script, page);
    expect(Object.keys(page)).toEqual([...before, "io"]);
    const look = `
      const manager = new io.Manager("http://h", { autoConnect: false });
      const parser = { Encoder: class {}, Decoder: class { on() {} } };
      const told = new io.Manager({ autoConnect: false, parser });
      const { Encoder } = manager.opts.parser;
      [new Encoder().encode({ type: 1, nsp: "/" })[0].length, told.opts.parser === parser, io.protocol].join()`;
    expect(vm.runInContext(look, page)).toBe("13,true,5");
  });
});
