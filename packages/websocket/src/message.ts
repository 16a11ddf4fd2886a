/**
 * What a program sends: the content of one WebSocket message, shared by all connections that send it.
 *
 * The endpoint keeps finished frames in the two memo fields, so a broadcast is framed (and deflated) once. They
 * belong to the endpoint: a program starts them at `undefined` and leaves them alone. `payload` MUST NOT change
 * once the message has been sent.
 */
export interface Message {
  /** A string makes a text message, bytes make a binary one. */
  readonly payload: string | Uint8Array;
  /** Whether the message may be deflated where the connection has negotiated it. */
  readonly compress: boolean;
  /** Memo: the complete unmasked frame, not deflated. */
  frame: Uint8Array | undefined;
  /** Memo: the complete unmasked frame, deflated without context takeover. */
  deflatedFrame: Uint8Array | undefined;
}

/**
 * Makes a message that any number of connections may send.
 *
 * @example
 * const news = createMessage("to everyone");
 * for (const connection of connections) connection.writeBatch([news]);
 */
export function createMessage(payload: string | Uint8Array, compress = true): Message {
  return { payload, compress, frame: undefined, deflatedFrame: undefined };
}
