import type {
  AllButLast,
  EventNamesWithAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
} from "@tautline/events/types";
import { useCallback, useEffect, useState } from "react";
import {
  AcknowledgedCalls,
  type CallingSocket,
  type CallOptions,
  type CallState,
  idle,
} from "../bindings/acknowledged-calls.ts";
import type { Socket } from "../socket.ts";

/**
 * An event that asks for an answer, and what has become of the latest one sent. Its functions stay the same as long as
 * socket, event and time-out do.
 */
export type EmitWithAck<Args extends readonly unknown[], Answer> = CallState<Answer> & {
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
};

/**
 * Sends an event that asks for an answer, and shows `pending`, the `answer` or the `error` of the latest one.
 *
 * @example
 * const vote = useEmitWithAck(socket, "vote", { timeout: 5000 });
 * vote.emit("pizza");
 */
export function useEmitWithAck<
  Listen extends EventsMap,
  Emit extends EventsMap,
  Ev extends EventNamesWithAck<Emit>,
>(
  socket: Socket<Listen, Emit> | undefined,
  event: Ev,
  options?: CallOptions,
): EmitWithAck<AllButLast<EventParams<Emit, Ev>>, FirstNonErrorArg<Last<EventParams<Emit, Ev>>>>;
export function useEmitWithAck(
  socket: CallingSocket | undefined,
  event: string,
  { timeout }: CallOptions = {},
): EmitWithAck<unknown[], unknown> {
  const [state, setState] = useState<CallState<unknown>>(idle);
  const [calls] = useState(() => new AcknowledgedCalls(setState));
  useEffect(() => () => calls.abort(), [calls]);
  const emitWithAck = useCallback(
    (...args: unknown[]) => calls.run({ socket, event, args, timeout }),
    [calls, socket, event, timeout],
  );
  const emit = useCallback((...args: unknown[]) => void emitWithAck(...args), [emitWithAck]);
  const reset = useCallback(() => calls.reset(), [calls]);
  return { ...state, emit, emitWithAck, reset };
}
