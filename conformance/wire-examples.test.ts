import { engineExamples } from "./suites/engine-examples.ts";
import { revision3Examples } from "./suites/engine-examples-v3.ts";
import { socketExamples } from "./suites/socket-examples.ts";

for (const kind of ["socket.io", "tautline"] as const) {
  engineExamples(kind);
  revision3Examples(kind);
  socketExamples(kind);
}
