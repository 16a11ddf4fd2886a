// Positions in a history as clients carry them: opaque, unique and increasing (server.md §16.5).
//
// An offset names the history, by the time at which that began, and the number of the packet in it: from the text to
// the place takes no search, and what another server or a program wrote is no offset.

/** The offsets of one history, whose packets are numbered from 1; 0 is the position before the first. */
export class Offsets {
  readonly #prefix: string;

  constructor(startMs: number) {
    this.#prefix = `${startMs.toString(36)}.`;
  }

  format(seq: number): string {
    return this.#prefix + seq.toString(36);
  }

  /** The number behind an offset; undefined when it is none of this history. */
  parse(offset: string): number | undefined {
    if (!offset.startsWith(this.#prefix)) return undefined;
    const seq = Number.parseInt(offset.slice(this.#prefix.length), 36);
    return seq >= 0 && this.format(seq) === offset ? seq : undefined;
  }
}
