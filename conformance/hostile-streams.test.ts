import { enduring } from "./suites/enduring.ts";
import { hostileDeflate } from "./suites/hostile-deflate.ts";

for (const kind of ["socket.io", "tautline"] as const) {
  hostileDeflate(kind);
  enduring(kind);
}
