import { connect, createMessage } from "@tautline/websocket";
import type { WebSocketConnector } from "../../engine/websocket.ts";
import { agentOf, tlsOptionsOf } from "./connection-options.ts";

const DEFAULT_MAX_MESSAGE_BYTES = 100 * 1024 * 1024;

/** Opens WebSockets over node:http and node:https. */
export const connectNodeWebSocket: WebSocketConnector = (uri, protocols, options, handler) => {
  const { perMessageDeflate, extraHeaders = {}, origin, localAddress, family, autoUnref } = options;
  const { cookieJar } = options.socket;
  let onPong: (() => void) | undefined;
  const client = connect(
    uri,
    {
      ...tlsOptionsOf(options),
      maxPayloadBytes: options.maxPayload || DEFAULT_MAX_MESSAGE_BYTES,
      protocols: typeof protocols === "string" ? [protocols] : protocols,
      headers: cookieJar ? cookieJar.merge(extraHeaders) : extraHeaders,
      agent: agentOf(options),
      perMessageDeflate,
      origin,
      localAddress,
      family,
      autoUnref,
    },
    {
      onOpen: (_connection, response) => {
        cookieJar?.store(response.headers["set-cookie"] ?? []);
        handler.onOpen();
      },
      onText: (text) => handler.onMessage(text),
      onBinary: (bytes) => handler.onMessage(bytes),
      onDrain: () => {},
      onPong: () => onPong?.(),
      onError: (error) => handler.onError(error),
      onClose: (code, reason) => handler.onClose({ code, reason }),
    },
  );
  return {
    send: (messages) =>
      client.connection?.writeBatch(
        messages.map(({ payload, compress }) => createMessage(payload, compress)),
      ),
    ping(onAnswer) {
      onPong = onAnswer;
      client.connection?.ping();
    },
    bufferedBytes: () => client.connection?.bufferedBytes ?? 0,
    close: () => client.close(),
  };
};
