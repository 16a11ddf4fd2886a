// Decides, when a client asks for a namespace, whether it continues a session (server.md §16.4).
//
// Invariants: a session belongs to one socket at a time (S18), so a client that comes back before its loss was noticed
// takes it over from the old connection; a session handed out by an adapter, whose client has gone meanwhile, is saved
// again; what concerns one session happens one after the other, however long the adapter takes.

import type { AdapterSocket, BroadcastPacket } from "@tautline/adapter/namespace-view";
import type {
  PrivateSessionId,
  RecoveryRefusal,
  Session,
  SessionToPersist,
} from "@tautline/adapter/recovery";
import { SessionAwareAdapter } from "@tautline/adapter/session-aware-adapter";
import { PacketType } from "@tautline/protocol/socket-packet";
import type { Connection } from "./connection.ts";
import type { Report } from "./middleware.ts";
import type { NamespaceAdapter } from "./namespace-adapter.ts";
import type { Encoded } from "./parser.ts";

/** A session that goes on in a new socket. */
export interface Restored {
  readonly session: SessionToPersist;
  /** The events that its client has missed until now; undefined when some of them are gone. */
  missed(): readonly Encoded[] | undefined;
}

/** How a socket comes into its namespace: with the session of before, or with a new one. */
export interface Admission {
  readonly pid: PrivateSessionId;
  readonly restored: Restored | undefined;
  /** Why a client that presented a session got a new one. */
  readonly refusal: RecoveryRefusal | undefined;
}

/** What recovery needs of its namespace. */
export interface RecoveringNamespace {
  readonly name: string;
  readonly adapter: NamespaceAdapter;
  readonly report: Report;
  createPid(): PrivateSessionId;
  encode(packet: BroadcastPacket, compress: boolean): Encoded;
  /** A client that was to come has gone. */
  checkEmpty(): void;
}

interface Owner {
  readonly pid: PrivateSessionId;
  readonly client: Connection;
}

type Outcome = Restored | RecoveryRefusal;

export class NamespaceRecovery {
  readonly #namespace: RecoveringNamespace;
  /** The socket to which each session belongs. */
  readonly #owners: Map<PrivateSessionId, Owner> = new Map();
  /** The sessions for which an adapter is asked, each with the last of those who ask. */
  readonly #asking: Map<PrivateSessionId, Promise<void>> = new Map();

  constructor(namespace: RecoveringNamespace) {
    this.#namespace = namespace;
  }

  /** Whether there are clients that the namespace does not know of, but which may come. */
  get isAwaiting(): boolean {
    const { adapter } = this.#namespace;
    return this.#asking.size > 0 || (adapter instanceof SessionAwareAdapter && adapter.kept.sessions > 0);
  }

  /** A session belongs to that socket from now on. */
  own(socket: Owner): void {
    this.#owners.set(socket.pid, socket);
  }

  disown(socket: Owner): void {
    if (this.#owners.get(socket.pid) === socket) this.#owners.delete(socket.pid);
  }

  /** Calls `onAdmission` once it is known how the client comes in; never, if it leaves before. */
  admit(
    connection: Connection,
    { pid, offset }: Record<string, unknown>,
    onAdmission: (admission: Admission) => void,
  ): void {
    if (typeof pid !== "string") {
      onAdmission(this.#refuse(undefined));
      return;
    }
    const { adapter } = this.#namespace;
    const position = typeof offset === "string" ? offset : undefined;
    if (adapter instanceof SessionAwareAdapter) {
      this.#takeOver(pid);
      onAdmission(this.#conclude(pid, recoverFrom(adapter, pid, position)));
      return;
    }
    if (position === undefined) {
      onAdmission(this.#refuse("missing offset"));
      return;
    }
    this.#enqueue(pid, async () => {
      if (connection.conn.readyState !== "open") return;
      this.#takeOver(pid);
      const outcome = await this.#restoreFrom(adapter, pid, position);
      if (connection.conn.readyState === "open") onAdmission(this.#conclude(pid, outcome));
      else if (typeof outcome === "object") this.persist(adapter, outcome.session);
    });
  }

  /** Saves a session; that the adapter fails is reported and stops nothing. */
  persist(adapter: RecoveringNamespace["adapter"], session: SessionToPersist): void {
    const { report } = this.#namespace;
    try {
      const result = adapter.persistSession(session);
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  }

  #refuse(refusal: RecoveryRefusal | undefined): Admission {
    return { pid: this.#namespace.createPid(), restored: undefined, refusal };
  }

  #conclude(pid: PrivateSessionId, outcome: Outcome): Admission {
    return typeof outcome === "string"
      ? this.#refuse(outcome)
      : { pid, restored: outcome, refusal: undefined };
  }

  /** Its client has come back on another connection: the one that it had is lost, whether noticed or not. */
  #takeOver(pid: PrivateSessionId): void {
    this.#owners.get(pid)?.client.lose();
  }

  #enqueue(pid: PrivateSessionId, ask: () => Promise<void>): void {
    const { report } = this.#namespace;
    const asked = (this.#asking.get(pid) ?? Promise.resolve()).then(ask).catch(report);
    this.#asking.set(pid, asked);
    asked.then(() => {
      if (this.#asking.get(pid) === asked) this.#asking.delete(pid);
      this.#namespace.checkEmpty();
    });
  }

  async #restoreFrom(
    adapter: RecoveringNamespace["adapter"],
    pid: PrivateSessionId,
    offset: string,
  ): Promise<Outcome> {
    try {
      const session = await adapter.restoreSession(pid, offset);
      return session ? this.#toRestored(session) : "refused by adapter";
    } catch (error) {
      this.#namespace.report(error);
      return "adapter error";
    }
  }

  #toRestored({ missedPackets, ...session }: Session): Restored {
    const missed = missedPackets.map((data) =>
      this.#namespace.encode({ type: PacketType.EVENT, nsp: this.#namespace.name, data }, true),
    );
    return { session, missed: () => missed };
  }
}

function recoverFrom(
  adapter: SessionAwareAdapter<AdapterSocket<Encoded>, Encoded>,
  pid: PrivateSessionId,
  offset: string | undefined,
): Outcome {
  const result = adapter.recover(pid, offset);
  if (!result.ok) return result.refusal;
  return { session: result.session, missed: () => adapter.replay(result) };
}
