// Programs written for socket.io, run on upstream's server and on ours by the same stock client: what they see must
// be the same, but for the defects that we repair.

import { describe, expect, it } from "vitest";
import { acknowledgements } from "./differential/programs/acknowledgements.ts";
import { adapters } from "./differential/programs/adapters.ts";
import { broadcasting } from "./differential/programs/broadcasting.ts";
import { departures } from "./differential/programs/departures.ts";
import { dynamicNamespaces } from "./differential/programs/dynamic-namespaces.ts";
import { flags } from "./differential/programs/flags.ts";
import { http } from "./differential/programs/http.ts";
import { joining } from "./differential/programs/joining.ts";
import { leaving } from "./differential/programs/leaving.ts";
import { listeners } from "./differential/programs/listeners.ts";
import { messages } from "./differential/programs/messages.ts";
import { middleware } from "./differential/programs/middleware.ts";
import { multiplexing } from "./differential/programs/multiplexing.ts";
import { oddValues } from "./differential/programs/odd-values.ts";
import { parsers } from "./differential/programs/parsers.ts";
import { recovery } from "./differential/programs/recovery.ts";
import { server } from "./differential/programs/server.ts";
import { sessions } from "./differential/programs/sessions.ts";
import { shutdown } from "./differential/programs/shutdown.ts";
import { socket } from "./differential/programs/socket.ts";
import { streams } from "./differential/programs/streams.ts";
import { version2 } from "./differential/programs/version2.ts";
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
  "messages of its clients": messages,
  "several namespaces of one client": multiplexing,
  "clients that leave in the middle": departures,
  "its end": shutdown,
  middleware,
  listeners,
  flags,
  "many events": streams,
  "odd values": oddValues,
  "clients of version 2": version2,
  adapters,
  recovery,
  "its own parser": parsers,
  "sessions of the engine": sessions,
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
