/** The numbers of the kept packets of one room, or of those for everybody, oldest first. */
export class Lane {
  /** The newest packet that is no longer kept; 0 when there is none. */
  #trimmedSeq = 0;
  /** When that was sent. */
  #trimmedAtMs = 0;
  #seqs: number[] = [];
  /** How many at the head of `#seqs` are gone: the list is copied once half of it is. */
  #gone = 0;

  get isEmpty(): boolean {
    return this.#gone === this.#seqs.length;
  }

  /** Adds a packet, which is newer than all others. */
  add(seq: number): void {
    this.#seqs.push(seq);
  }

  /** The oldest packet is no longer kept. */
  trim(seq: number, sentAtMs: number): void {
    this.#trimmedSeq = seq;
    this.#trimmedAtMs = sentAtMs;
    this.#gone += 1;
    if (this.#gone * 2 <= this.#seqs.length) return;
    this.#seqs = this.#seqs.slice(this.#gone);
    this.#gone = 0;
  }

  /** Whether a packet behind `position` is gone that a client may not have received. */
  hasGap(position: number, receivedUntilMs: number): boolean {
    return this.#trimmedSeq > position && this.#trimmedAtMs >= receivedUntilMs;
  }

  /** Whether nothing is kept, nor was sent since `sinceMs`. */
  isForgettable(sinceMs: number): boolean {
    return this.isEmpty && this.#trimmedAtMs < sinceMs;
  }

  /** Appends the packets behind `position`, up to and including `last`, to `found`. */
  copySince(position: number, found: number[], last: number = Number.POSITIVE_INFINITY): void {
    for (let at = this.#firstBehind(position); at < this.#seqs.length; at += 1) {
      const seq = this.#seqs[at];
      if (seq === undefined || seq > last) return;
      found.push(seq);
    }
  }

  #firstBehind(position: number): number {
    let low = this.#gone;
    let high = this.#seqs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#seqs[middle] ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
