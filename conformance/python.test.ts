import { afterAll } from "vitest";
import { stopPythonClients } from "./peers/python-client.ts";
import { runPair } from "./suites/run-pair.ts";

afterAll(stopPythonClients);

runPair("tautline", "python-socketio");
runPair("python-socketio", "tautline");

// Upstream's packages prove the two Python peers of this folder.
runPair("socket.io", "python-socketio", ["upgraded"]);
runPair("python-socketio", "socket.io-client 4", ["upgraded"]);
