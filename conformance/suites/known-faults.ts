import type { Pair } from "./stage.ts";

/** What a foreign peer is known to do wrong; the test that would show it is left out for that pair alone. */
interface KnownFault extends Partial<Pair> {
  readonly test: "half-open" | "large body" | "restart";
  readonly why: string;
}

const knownFaults: readonly KnownFault[] = [
  {
    test: "half-open",
    server: "socket.io",
    client: "socket.io-client 2",
    mode: "upgraded",
    why: "socket.io 4.8.4 does not watch a session of Engine.IO 3 again after its upgrade, whatever pings arrive",
  },
  {
    test: "large body",
    server: "python-socketio",
    mode: "polling",
    why: "python-engineio 4.3.4 on aiohttp decodes a large request body before all of it has arrived",
  },
  {
    test: "restart",
    client: "python-socketio",
    mode: "polling",
    why: "python-engineio 4.3.4 takes the close packet of a server that shuts down for the end and stays away",
  },
];

/** Why `pair` fails `test` through no fault of ours; `undefined` where it must pass. */
export function knownFault(pair: Pair, test: KnownFault["test"]): string | undefined {
  return knownFaults.find(
    (fault) =>
      fault.test === test &&
      (fault.server ?? pair.server) === pair.server &&
      (fault.client ?? pair.client) === pair.client &&
      (fault.mode ?? pair.mode) === pair.mode,
  )?.why;
}
