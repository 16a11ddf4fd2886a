import { hostileHandshakes, hostilePolling } from "./suites/hostile-http.ts";
import { hostilePackets } from "./suites/hostile-packets.ts";
import { hostileWebSockets } from "./suites/hostile-websocket.ts";

for (const kind of ["socket.io", "tautline"] as const) {
  hostileHandshakes(kind);
  hostilePolling(kind);
  hostileWebSockets(kind);
  hostilePackets(kind);
}
