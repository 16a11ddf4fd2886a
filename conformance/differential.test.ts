// Programs written for socket.io, run on upstream's server and on ours by the same stock client: what they see must
// be the same, but for the defects that we repair.

import { describe, expect, it } from "vitest";
import { acknowledgements } from "./differential/programs/acknowledgements.ts";
import { broadcasting } from "./differential/programs/broadcasting.ts";
import { dynamicNamespaces } from "./differential/programs/dynamic-namespaces.ts";
import { http } from "./differential/programs/http.ts";
import { joining } from "./differential/programs/joining.ts";
import { leaving } from "./differential/programs/leaving.ts";
import { server } from "./differential/programs/server.ts";
import { socket } from "./differential/programs/socket.ts";
import { runProgram } from "./differential/run-program.ts";
import { programServerClass } from "./differential/servers.ts";

const programs = {
  servers: server,
  joining,
  sockets: socket,
  leaving,
  broadcasting,
  acknowledgements,
  "dynamic namespaces": dynamicNamespaces,
};

const transports = ["websocket", "polling"] as const;
const runs = Object.entries(programs).flatMap(([area, list]) =>
  transports.map((transport) => ({ area, list, transport })),
);

for (const { area, list, transport } of [...runs, { area: "HTTP", list: http, transport: transports[1] }]) {
  describe(`a program about ${area}, over ${transport}`, () => {
    for (const program of list) {
      it(program.name, async () => {
        const upstream = await runProgram(program, await programServerClass("socket.io"), transport);
        const ours = await runProgram(program, await programServerClass("tautline"), transport);
        if (program.repairs === undefined) {
          expect(ours).toEqual(upstream);
          return;
        }
        expect(ours).toEqual(program.repairs.transcript);
        // A repair that upstream has made as well is no difference any more.
        expect(upstream).not.toEqual(program.repairs.transcript);
      });
    }
  });
}
