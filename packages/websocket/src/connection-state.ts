// How a connection ends (RFC 6455 §7).
//
//            our close frame              the peer's close frame, a failure,
//   open ───────────────────▶ closing ─────────────────────────┐ or the end of its stream
//     │                          │                             ▼
//     ├──────────────────────────┼────────────────────────▶ ending
//     │ socket closed            │ socket closed               │ socket closed
//     └──────────────────────────┴──────────▶ closed ◀─────────┘
//
// closing: the peer's frames are read for its close frame. ending: nothing is read or written any more, only the
// end of the socket is awaited. Both are left after `closeTimeoutMs` at the latest.

export type ConnectionState = "open" | "closing" | "ending" | "closed";

export type ConnectionEvent = "closeSent" | "finished" | "socketClosed";

type Transitions = {
  readonly [S in ConnectionState]: { readonly [E in ConnectionEvent]?: ConnectionState };
};

/** A pair that is not listed is ignored. */
const TRANSITIONS: Transitions = {
  open: { closeSent: "closing", finished: "ending", socketClosed: "closed" },
  closing: { finished: "ending", socketClosed: "closed" },
  ending: { socketClosed: "closed" },
  closed: {},
};

/** The state that `event` leads to, or `undefined` if it is of no consequence in `state`. */
export function nextState(state: ConnectionState, event: ConnectionEvent): ConnectionState | undefined {
  return TRANSITIONS[state][event];
}
