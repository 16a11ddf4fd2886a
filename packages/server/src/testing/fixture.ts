import { ManualClock } from "@tautline/events/testing/manual-clock";
import type { SocketOptions } from "../options.ts";
import { SocketServer } from "../server.ts";
import type { Socket } from "../socket.ts";
import { RecordingSession } from "./recording-session.ts";

/** A server on a manual clock, with every error that it reported. */
export interface Fixture {
  readonly io: SocketServer;
  readonly clock: ManualClock;
  readonly reported: unknown[];
  /** A session that has joined the namespace, its greeting taken. */
  join(nsp?: string, protocol?: number): { session: RecordingSession; socket: Socket };
  /** A session that has joined nothing. */
  open(protocol?: number): RecordingSession;
}

export function createFixture(options: SocketOptions = {}): Fixture {
  const clock = new ManualClock();
  const reported: unknown[] = [];
  let seed = 0;
  const fillRandom = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; at += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      bytes[at] = seed >> 16;
    }
  };
  const io = new SocketServer({ clock, fillRandom, report: (error) => reported.push(error) }, options);
  const open = (protocol?: number) => {
    const session = new RecordingSession(protocol);
    io.onconnection(session);
    clock.settle();
    return session;
  };
  const join = (nsp = "/", protocol?: number) => {
    const session = open(protocol);
    let socket: Socket | undefined;
    io.of(nsp).once("connection", (joined: Socket) => {
      socket = joined;
    });
    session.receive(nsp === "/" ? "0" : `0${nsp},`);
    clock.settle();
    session.take();
    if (!socket) throw new Error(`nobody joined ${nsp}`);
    return { session, socket };
  };
  return { io, clock, reported, join, open };
}
