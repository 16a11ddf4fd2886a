import { engineClient } from "./suites/engine-client.ts";

engineClient("socket.io");
engineClient("tautline");
