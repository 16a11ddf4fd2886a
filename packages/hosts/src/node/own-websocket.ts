import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { PerMessageDeflateOptions } from "@tautline/engine/options";
import type { Headers, WebSocketLink } from "@tautline/engine/ports";
import { admitUpgrade, BatchWriter, completeUpgrade, refuseUpgrade } from "@tautline/websocket";
import type { WebSocketAcceptor } from "./upgrade.ts";

/** The WebSocket endpoint of packages/websocket, one per engine: its connections share what they write. */
export class OwnWebSocketAcceptor implements WebSocketAcceptor {
  readonly #deflate: PerMessageDeflateOptions | false;
  readonly #maxPayloadBytes: number;
  readonly #writer: BatchWriter = new BatchWriter();

  constructor(deflate: PerMessageDeflateOptions | false, maxPayloadBytes: number) {
    this.#deflate = deflate;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  accept(
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    headers: Headers,
    onAccepted: (link: WebSocketLink, head?: Uint8Array) => void,
  ): void {
    const upgrade = admitUpgrade(req, { deflate: this.#deflate });
    if (!upgrade.ok) {
      refuseUpgrade(socket, upgrade.status, upgrade.message, { ...upgrade.headers });
      return;
    }
    // The response and the first packets leave by one system call.
    socket.cork();
    try {
      const connection = completeUpgrade(socket, upgrade, {
        maxPayloadBytes: this.#maxPayloadBytes,
        writer: this.#writer,
        headers,
      });
      onAccepted(connection, head);
    } finally {
      socket.uncork();
    }
  }

  /** Connections are closed by their sessions; the endpoint itself holds nothing open. */
  close(): void {}
}
