import { brokenPolling, hostileServer } from "./suites/hostile-server.ts";

for (const kind of ["socket.io-client 4", "tautline"] as const) {
  hostileServer(kind);
  brokenPolling(kind);
}
