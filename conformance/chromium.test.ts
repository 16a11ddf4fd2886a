import { afterAll } from "vitest";
import { stopChromium } from "./peers/chromium-client.ts";
import { runPair } from "./suites/run-pair.ts";

afterAll(stopChromium);

runPair("tautline", "chromium with socket.io-client 4");
runPair("tautline", "chromium with tautline");
runPair("socket.io", "chromium with tautline", ["upgraded"]);

// Upstream with itself proves the page of this folder.
runPair("socket.io", "chromium with socket.io-client 4", ["upgraded"]);
