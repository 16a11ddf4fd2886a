/**
 * The transitions of one state machine: state → event → next state. A pair that is not listed is ignored.
 *
 * The running code moves by `next(table, state, event)` alone and `npm run docs:machines` draws the picture in
 * ARCHITECTURE.md from the same table, so the drawn machine is the running machine.
 */
export type MachineTable<State extends string, Event extends string> = {
  readonly [S in State]: { readonly [E in Event]?: State };
};

/** The state that `event` leads to from `state`, or `undefined` where the table lists none. */
export function next<State extends string, Event extends string>(
  table: MachineTable<State, Event>,
  state: State,
  event: Event,
): State | undefined {
  return table[state][event];
}

/** Ends an exhaustive `switch`: a case that was forgotten is a compile error, and an error at run time. */
export function assertNever(value: never): never {
  throw new Error(`unreachable case: ${String(value)}`);
}
