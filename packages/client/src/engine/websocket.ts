import type { TransportOptions } from "./options.ts";
import { encodeFrame, type OutgoingPacket } from "./packet.ts";
import { Transport } from "./transport.ts";

export interface WebSocketMessage {
  readonly payload: string | Uint8Array;
  readonly compress: boolean;
}

/** One WebSocket, as a platform offers it. */
export interface WebSocketLink {
  /** Bytes that were not sent yet, where the platform tells. */
  bufferedBytes?(): number;
  /** Sends a ping of RFC 6455, which every server answers, where the platform can. */
  readonly ping?: (onPong: () => void) => void;
  send(messages: readonly WebSocketMessage[]): void;
  /** Closes in an orderly way, with the default code; nothing happens if it is closed already. */
  close(): void;
}

export interface WebSocketHandler {
  onOpen(): void;
  onMessage(data: string | Uint8Array): void;
  /** The platform's own error or event. */
  onError(cause: unknown): void;
  /** The platform's own close event, or its like: `{ code, reason }`. */
  onClose(event: unknown): void;
}

/** How a platform opens WebSockets. It may throw: the attempt then ends in a transport error. */
export type WebSocketConnector = (
  uri: string,
  protocols: string | string[] | undefined,
  options: TransportOptions,
  handler: WebSocketHandler,
) => WebSocketLink;

/** Carries packets by WebSocket: one packet, one message (EIO §10). */
export class WebSocketTransport extends Transport {
  readonly #connect: WebSocketConnector;
  #link: WebSocketLink | undefined;

  constructor(options: TransportOptions, connect: WebSocketConnector) {
    super(options);
    this.#connect = connect;
  }

  get name(): string {
    return "websocket";
  }

  override isIdle(): boolean {
    return this.writable && !this.#link?.bufferedBytes?.();
  }

  protected override doOpen(): void {
    const query = this.stamp(!!this.opts.timestampRequests);
    if (!this.supportsBinary) query.b64 = 1;
    const link = this.#connect(
      this.createUri(this.opts.secure ? "wss" : "ws", query),
      this.opts.protocols,
      this.opts,
      {
        onOpen: () => this.onOpen(),
        onMessage: (data) => this.onData(data),
        onError: (cause) => this.onError(this.failure, cause),
        onClose: (context) => {
          this.onClose({ description: "websocket connection closed", context });
        },
      },
    );
    this.#link = link;
    if (link.ping) this.probe = link.ping;
  }

  protected override doClose(): void {
    this.#link?.close();
  }

  protected override write(packets: readonly OutgoingPacket[]): void {
    const { base64 } = this.socket.platform;
    this.#link?.send(
      packets.map((packet) => ({
        payload: encodeFrame(packet, this.supportsBinary, base64),
        compress: packet.options?.compress !== false,
      })),
    );
    // C 6.6: not writable again in the tick of a write
    this.socket.clock.nextTick(() => {
      if (this.readyState === "open") this.onDrain();
    });
  }
}
