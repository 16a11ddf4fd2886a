import { engineExamples } from "./suites/engine-examples.ts";

engineExamples("socket.io");
engineExamples("tautline");
