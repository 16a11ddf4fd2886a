import { runPair } from "./suites/run-pair.ts";

// Our client with the published server, and with ours.
runPair("socket.io", "tautline");
runPair("tautline", "tautline");
