import type { TransportOptions } from "./options.ts";
import { encodeFrame, type OutgoingPacket } from "./packet.ts";
import { createStreamDecoder, encodeStreamFrame } from "./stream-frames.ts";
import { Transport } from "./transport.ts";

/** One WebTransport session, as far as it is used. */
export interface WebTransportSession {
  readonly ready: Promise<unknown>;
  readonly closed: Promise<unknown>;
  close(): void;
  createBidirectionalStream(): Promise<{
    readonly readable: { getReader(): StreamReader };
    readonly writable: { getWriter(): StreamWriter };
  }>;
}

interface StreamReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
}

interface StreamWriter {
  write(bytes: Uint8Array): Promise<unknown>;
}

/** How a platform opens sessions. It may throw: the attempt then ends in a transport error. */
export type WebTransportConnector = (uri: string, options: object | undefined) => WebTransportSession;

/** Carries packets on one stream of a WebTransport session (EIO §11). */
export class WebTransportTransport extends Transport {
  readonly #connect: WebTransportConnector;
  #session: WebTransportSession | undefined;
  #writer: StreamWriter | undefined;

  constructor(options: TransportOptions, connect: WebTransportConnector) {
    super(options);
    this.#connect = connect;
  }

  get name(): string {
    return "webtransport";
  }

  protected override doOpen(): void {
    // EIO §11.1: no parameters; the session is named in the first packet
    const session = this.#connect(this.createUri("https", {}), this.opts.transportOptions?.[this.name]);
    const fail = (error: unknown): void => {
      this.onError(this.failure, error);
    };
    this.#session = session;
    session.closed.then(() => this.onClose(), fail);
    session.ready
      .then(() => session.createBidirectionalStream())
      .then(({ readable, writable }) => {
        this.#writer = writable.getWriter();
        this.#readFrom(readable.getReader());
        const { sid } = this.query;
        // `closed` tells why it fails.
        this.#writePacket({ type: "open", data: sid ? JSON.stringify({ sid }) : undefined }).catch(() => {});
        this.onOpen();
      })
      .catch(fail);
  }

  protected override doClose(): void {
    this.#session?.close();
  }

  protected override write(packets: readonly OutgoingPacket[]): void {
    Promise.all(packets.map((packet) => this.#writePacket(packet))).then(
      () => this.readyState === "open" && this.onDrain(),
      // `closed` tells why.
      () => {},
    );
  }

  #writePacket(packet: OutgoingPacket): Promise<unknown> {
    // EIO §11.2: no frame is empty, so empty binary goes as text.
    const frame = encodeStreamFrame(
      encodeFrame(packet, packet.data?.length !== 0, this.socket.platform.base64),
    );
    return Promise.all(frame.map((bytes) => this.#writer?.write(bytes)));
  }

  #readFrom(reader: StreamReader): void {
    const decode = createStreamDecoder(
      (content) => this.onData(content),
      () => this.onPacket({ type: "error", data: "parser error" }),
    );
    const read = (): Promise<void> =>
      reader.read().then(({ done, value }) => {
        if (done || !value) return undefined;
        decode(value);
        return read();
      });
    // `closed` tells why reading fails.
    read().catch(() => {});
  }
}
