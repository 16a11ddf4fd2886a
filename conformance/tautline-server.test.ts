import { runPair } from "./suites/run-pair.ts";

// Our server with every published generation of the JavaScript client.
runPair("tautline", "socket.io-client 4");
runPair("tautline", "socket.io-client 3");
runPair("tautline", "socket.io-client 2");
