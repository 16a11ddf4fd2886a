import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InstalledPrograms, installPrograms, missingServer } from "./installed-programs.ts";

// Packages that replace methods of the server and of its sockets, to see what passes.

const reason = missingServer;

describe.skipIf(reason !== undefined)(
  `packages that measure our server${reason ? ` (${reason})` : ""}`,
  () => {
    let programs: InstalledPrograms;

    beforeAll(() => {
      programs = installPrograms();
    });

    afterAll(() => programs?.remove());

    it("@opentelemetry/instrumentation-socket.io traces what is received and sent, with namespace and rooms", async () => {
      const [receiving, sending] = [4, 3];
      expect(await programs.run("traced.cjs")).toEqual([
        { name: "receive /", kind: receiving, event: "connection" },
        { name: "receive /", kind: receiving, event: "question" },
        { name: "send /", kind: sending, event: "single", rooms: ["own", "lobby"] },
        { name: "send /", kind: sending, event: "ask", rooms: ["own", "lobby"] },
        { name: "send /", kind: sending, event: "to a room", rooms: ["lobby"] },
        { name: "send /", kind: sending, event: "to all" },
        { name: "send /", kind: sending, event: "ask", rooms: ["lobby"] },
      ]);
    });

    it("socket.io-prometheus counts sockets and events", async () => {
      const { during, after } = (await programs.run("measured.cjs")) as Record<
        string,
        Record<string, number>
      >;
      expect(during).toEqual({
        socket_io_connected: 1,
        socket_io_connect_total: 1,
        socket_io_disconnect_total: 0,
        "socket_io_events_received_total echo": 2,
        "socket_io_events_sent_total welcome": 1,
        "socket_io_events_sent_total message": 1,
        "socket_io_recieve_bytes echo": 14,
        "socket_io_transmit_bytes welcome": 4,
        "socket_io_transmit_bytes message": 5,
      });
      expect(after).toEqual({ ...during, socket_io_connected: 0, socket_io_disconnect_total: 1 });
    });
  },
);
