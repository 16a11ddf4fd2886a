import { runPair } from "./suites/run-pair.ts";

// The published server with its own clients: what the suites expect is what upstream does.
runPair("socket.io", "socket.io-client 4");
runPair("socket.io", "socket.io-client 2", ["upgraded"]);
