import { protocol } from "@tautline/protocol/protocol-revision";
import { createLookup, type Lookup, type LookupContext } from "./lookup.ts";
import { Socket } from "./socket.ts";

export { protocol };

/** `io()` as entry points export it: with the package's other values as properties. */
export interface Io<ManagerClass> extends Lookup {
  readonly Manager: ManagerClass;
  readonly Socket: typeof Socket;
  readonly protocol: number;
  readonly io: Lookup;
  readonly connect: Lookup;
}

/** Makes the `io()` of an entry point. */
export function createIo<ManagerClass>(Manager: ManagerClass, context: LookupContext): Io<ManagerClass> {
  const io = createLookup(context);
  return Object.assign(io, { Manager, Socket, protocol, io, connect: io });
}
