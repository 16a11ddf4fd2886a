import { afterAll } from "vitest";
import { stopPythonClients } from "./peers/python-client.ts";
import { runPair } from "./suites/run-pair.ts";

afterAll(stopPythonClients);

// Upstream's packages against Python prove the two Python peers of this folder.
runPair("socket.io", "python-socketio");
runPair("python-socketio", "socket.io-client 4");
