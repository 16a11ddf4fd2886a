import { afterAll } from "vitest";
import { stopChromium } from "./peers/chromium-client.ts";
import { runPair } from "./suites/run-pair.ts";

afterAll(stopChromium);

runPair("socket.io", "chromium with socket.io-client 4");
