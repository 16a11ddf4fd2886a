import type { WebSocketConnector } from "../../engine/websocket.ts";

/** Opens WebSockets by the global constructor. */
export const connectGlobalWebSocket: WebSocketConnector = (uri, protocols, { extraHeaders }, handler) => {
  // React Native alone takes headers, as a third argument.
  const isReactNative = globalThis.navigator?.product?.toLowerCase() === "reactnative";
  const extra = isReactNative ? [protocols, { headers: extraHeaders }] : protocols ? [protocols] : [];
  const socket: WebSocket = Reflect.construct(WebSocket, [uri, ...extra]);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => handler.onOpen());
  socket.addEventListener("message", ({ data }) =>
    handler.onMessage(typeof data === "string" ? data : new Uint8Array(data)),
  );
  socket.addEventListener("error", (event) => handler.onError(event));
  socket.addEventListener("close", (event) => handler.onClose(event));
  return {
    send(messages) {
      for (const { payload } of messages)
        socket.send(typeof payload === "string" ? payload : Object(payload));
    },
    bufferedBytes: () => socket.bufferedAmount,
    close: () => socket.close(),
  };
};
