// What the engine takes of a WebTransport session and its streams: the objects of the Streams standard, by the few
// methods that are called. HTTP/3 servers of any make offer them.

/** The reading end of a stream. */
export interface StreamReader<Chunk> {
  read(): Promise<{ readonly done: boolean; readonly value?: Chunk | undefined }>;
}

/** The writing end of a stream of bytes. */
export interface StreamWriter {
  /** Settles once the system has taken the bytes. */
  write(bytes: Uint8Array): Promise<unknown>;
  /** Ends the stream; settles once the peer has everything. */
  close(): Promise<unknown>;
}

/** A stream that both sides write. */
export interface BidirectionalStream {
  readonly readable: { getReader(): StreamReader<Uint8Array> };
  readonly writable: { getWriter(): StreamWriter };
}

/**
 * One WebTransport session, as an HTTP/3 server hands it out.
 *
 * @see EIO §11.1
 */
export interface WebTransportSession {
  readonly incomingBidirectionalStreams: { getReader(): StreamReader<BidirectionalStream> };
  /** Settles when the session has ended, whoever ended it. */
  readonly closed: Promise<unknown>;
  close(): unknown;
}
