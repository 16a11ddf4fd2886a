import type { EventEmitter } from "node:events";
import type { ServerHttp2Session } from "node:http2";

/**
 * Follows the HTTP/2 connections of a server. One that is idle keeps the server from closing as long as the peer likes,
 * unlike one of HTTP/1. The function that is returned closes them, each once what it carries has been answered.
 */
export function followHttp2Sessions(httpServer: EventEmitter): () => void {
  const sessions = new Set<ServerHttp2Session>();
  httpServer.on("session", (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  return () => {
    for (const session of sessions) session.close();
  };
}
