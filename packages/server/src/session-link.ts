import type { OutboundPacket } from "@tautline/engine/outbound-packet";
import type { RawSocket, RawSocketOwner } from "./raw-socket.ts";

/** How a connection reads from a session and writes to it. Sessions of our own engine are such a link themselves. */
export interface SessionLink {
  /** Whoever is told what comes; nobody is, once it is undefined. */
  owner: RawSocketOwner | undefined;
  /** Open, nothing queued, and the transport can take more: what decides over volatile packets. */
  readonly isWritable: boolean;
  /** The bytes that wait for the client (SEC §4). */
  readonly bufferedBytes: number;
  sendPacket(packet: OutboundPacket): void;
  /** Whether an event whose policy is not `disconnect` may be sent; older ones may be dropped for it. */
  makeRoom(packets: readonly OutboundPacket[]): boolean;
  /** Calls `callback` once nothing waits, or the session has ended; never before it returns. */
  whenFlushed(callback: () => void): void;
}

/** The session itself if it is our engine's, or else what makes up for the difference. */
export function linkOf(conn: RawSocket): SessionLink {
  return isLink(conn) ? conn : new ForeignLink(conn);
}

function isLink(conn: RawSocket | (RawSocket & SessionLink)): conn is RawSocket & SessionLink {
  // Upstream's sessions have a `sendPacket` of another kind.
  return "isWritable" in conn && "owner" in conn;
}

/** A session of another engine, in the shape of upstream's: it is read by its events (server.md §2.5, §20.3). */
class ForeignLink implements SessionLink {
  owner: RawSocketOwner | undefined = undefined;
  readonly #conn: RawSocket;

  constructor(conn: RawSocket) {
    this.#conn = conn;
    conn.on("data", (data: string | Uint8Array | undefined) => this.owner?.onMessage(data));
    conn.on("error", (error: Error) => this.owner?.onError(error));
    conn.on("close", (reason: string, description?: unknown) => this.owner?.onClose(reason, description));
  }

  get isWritable(): boolean {
    return this.#conn.transport.writable === true;
  }

  /** What waits there is that engine's own concern. */
  get bufferedBytes(): number {
    return 0;
  }

  makeRoom(): boolean {
    return true;
  }

  whenFlushed(callback: () => void): void {
    Promise.resolve().then(callback);
  }

  sendPacket({ data, compress }: OutboundPacket): void {
    this.#conn.write(data ?? "", { compress });
  }
}
