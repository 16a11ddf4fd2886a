import { runPair } from "./suites/run-pair.ts";

// Our server on µWebSockets.js with the published clients.
runPair("tautline on uWS", "socket.io-client 4");
runPair("tautline on uWS", "socket.io-client 2");
runPair("tautline on uWS", "tautline", ["upgraded"]);
