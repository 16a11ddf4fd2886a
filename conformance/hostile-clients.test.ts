import { hostileServer } from "./suites/hostile-server.ts";

hostileServer("socket.io-client 4");
hostileServer("tautline");
