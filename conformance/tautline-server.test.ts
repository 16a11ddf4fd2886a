import { runPair } from "./suites/run-pair.ts";

runPair("tautline", "socket.io-client 4");
