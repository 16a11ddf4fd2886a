// The socket, and what its state means to somebody who looks at the page.

import { io } from "/socket.io.js";

export const RECONNECT_AFTER_MS = 5_000;
/** How long an event may wait for its acknowledgement, the time without a connection included. */
const ACK_WITHIN_MS = 120_000;

/**
 * Connects to the server of this page.
 *
 * `readAuth` gives `{ name, rooms }` for each handshake. `onStatus` receives `{ state, transport }`, where state is
 * "connecting", "connected" or "offline"; `onHappening` a line of text for each step on the way.
 */
export function createConnection({ readAuth, onStatus, onHappening }) {
  // No jitter, so that the page can count down; a program for many users would keep the default.
  const socket = io({
    auth: (give) => give(readAuth()),
    reconnectionDelay: RECONNECT_AFTER_MS,
    reconnectionDelayMax: RECONNECT_AFTER_MS,
    randomizationFactor: 0,
  });

  const tellConnected = () => {
    onStatus({ state: "connected", transport: socket.io.engine.transport.name });
  };

  socket.on("connect", () => {
    const { engine } = socket.io;
    onHappening(`Connected by ${engine.transport.name}`);
    tellConnected();
    engine.once("upgrade", (transport) => {
      onHappening(`Upgraded to ${transport.name}`);
      if (socket.connected) tellConnected();
    });
  });
  socket.on("disconnect", (reason) => {
    onHappening(`Disconnected: ${reason}`);
    onStatus({ state: socket.active ? "offline" : "connecting" });
  });
  socket.on("connect_error", (error) => {
    onHappening(`Not connected: ${error.message}`);
    onStatus({ state: "offline", refusal: error.data?.message });
  });
  socket.io.on("reconnect_attempt", () => {
    onHappening("Trying to reconnect");
    onStatus({ state: "connecting" });
  });

  return {
    socket,
    /** Resolves with the acknowledgement; rejects if it says what is wrong or does not come. */
    async ask(event, input) {
      const answer = await socket.timeout(ACK_WITHIN_MS).emitWithAck(event, input);
      if (answer.error !== undefined) throw new Error(answer.error.message);
      return answer;
    },
    /** Drops the connection beneath the socket, as a lost network would. */
    cut() {
      onHappening("You cut the connection");
      socket.io.engine.close();
    },
    /** Connects at once; what waits to be sent stays. */
    reconnect() {
      socket.disconnect().connect();
    },
  };
}
