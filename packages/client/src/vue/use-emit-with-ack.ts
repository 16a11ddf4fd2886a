import type {
  AllButLast,
  EventNamesWithAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
} from "@tautline/events/types";
import { type MaybeRefOrGetter, onScopeDispose, type ShallowRef, shallowRef, toRaw, toValue } from "vue";
import {
  AcknowledgedCalls,
  type CallingSocket,
  type CallOptions,
  type CallState,
  idle,
} from "../bindings/acknowledged-calls.ts";
import type { Socket } from "../socket.ts";

/** An event that asks for an answer, and what has become of the latest one sent. */
export interface EmitWithAck<Args extends readonly unknown[], Answer> {
  /** `idle`, `pending`, `answered` with the `answer`, or `failed` with the `error`. */
  readonly state: Readonly<ShallowRef<CallState<Answer>>>;
  /** Sends the event. What goes wrong is shown, never thrown. */
  readonly emit: (...args: Args) => void;
  /**
   * Sends the event and resolves with the first value of the answer.
   *
   * Rejects if the time-out passes or the connection is lost first, and with an `AbortError` once the component is gone.
   */
  readonly emitWithAck: (...args: Args) => Promise<Answer>;
  /** Shows `idle` again. */
  readonly reset: () => void;
}

/**
 * Sends an event that asks for an answer, and shows what has become of the latest one.
 *
 * @example
 * const { emit: vote, state } = useEmitWithAck(socket, "vote", { timeout: 5000 });
 * vote("pizza");
 */
export function useEmitWithAck<
  Listen extends EventsMap,
  Emit extends EventsMap,
  Ev extends EventNamesWithAck<Emit>,
>(
  socket: MaybeRefOrGetter<Socket<Listen, Emit> | undefined>,
  event: Ev,
  options?: CallOptions,
): EmitWithAck<AllButLast<EventParams<Emit, Ev>>, FirstNonErrorArg<Last<EventParams<Emit, Ev>>>>;
export function useEmitWithAck(
  socket: MaybeRefOrGetter<CallingSocket | undefined>,
  event: string,
  { timeout }: CallOptions = {},
): EmitWithAck<unknown[], unknown> {
  const state: ShallowRef<CallState<unknown>> = shallowRef(idle);
  const calls = new AcknowledgedCalls((shown) => {
    state.value = shown;
  });
  onScopeDispose(() => calls.abort());
  const emitWithAck = (...args: unknown[]): Promise<unknown> =>
    calls.run({ socket: toRaw(toValue(socket)), event, args, timeout });
  return { state, emit: (...args) => void emitWithAck(...args), emitWithAck, reset: () => calls.reset() };
}
