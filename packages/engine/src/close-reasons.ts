/** Why a session ended (EIO §15), as its `close` listeners and its owner are told. */
export type CloseReason =
  | "transport close"
  | "transport error"
  | "ping timeout"
  | "parse error"
  | "forced close"
  | "slow consumer";

/** What each reason says, and whether the peer is expected to come back. */
export const closeReasons: Readonly<Record<CloseReason, { meaning: string; isReconnectExpected: boolean }>> =
  {
    "transport close": { meaning: "the peer closed, or its connection was lost", isReconnectExpected: true },
    "transport error": {
      meaning: "the peer misused the transport, or the transport failed",
      isReconnectExpected: true,
    },
    "ping timeout": { meaning: "no answer to a ping in time", isReconnectExpected: true },
    "parse error": { meaning: "an undecodable packet arrived", isReconnectExpected: true },
    "forced close": { meaning: "this side closed the session", isReconnectExpected: false },
    // SEC §4: the queue of a peer that does not read passed `maxBufferedBytes`.
    "slow consumer": { meaning: "the peer did not read what was sent to it", isReconnectExpected: true },
  };
