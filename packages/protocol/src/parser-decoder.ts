// Codecs as the `parser` option wants them (SIO §37): a decoder is an emitter of the event `decoded`.
//
// Its emitter is a small one of its own, for this is code that programs may use without anything else of ours.

import type { DecodeResult } from "./socket-decoder.ts";
import type { SocketPacket } from "./socket-packet.ts";

export type PacketListener = (packet: SocketPacket) => void;

/** A codec that answers each message with a value. */
interface PacketReader {
  push(message: unknown): DecodeResult;
  reset(): void;
}

interface Registration {
  readonly listener: PacketListener;
  readonly isOnce: boolean;
}

/** Emits what a codec decodes. What a listener throws comes out of `add`. */
export class ParserDecoder {
  readonly #reader: PacketReader;
  /** Lists are replaced, never changed: `emit` walks the one that it found. */
  readonly #registrations: Map<string, readonly Registration[]> = new Map();

  constructor(reader: PacketReader) {
    this.#reader = reader;
  }

  /** Takes one message and emits `decoded` if it completes a packet. Throws an Error for what breaks the protocol. */
  add(message: unknown): void {
    const result = this.#reader.push(message);
    if (result.type === "error") throw new Error(result.message);
    if (result.type !== "pending") this.emit("decoded", result);
  }

  /** Forgets a packet of which parts are missing. */
  destroy(): void {
    this.#reader.reset();
  }

  on(event: string, listener: PacketListener): this {
    return this.#register(event, { listener, isOnce: false });
  }

  addListener(event: string, listener: PacketListener): this {
    return this.on(event, listener);
  }

  addEventListener(event: string, listener: PacketListener): this {
    return this.on(event, listener);
  }

  /** As `on`, for the next packet only. */
  once(event: string, listener: PacketListener): this {
    return this.#register(event, { listener, isOnce: true });
  }

  /** Removes a listener; without one all listeners of the event, without an event all there are. */
  off(event?: string, listener?: PacketListener): this {
    if (event === undefined) this.#registrations.clear();
    else this.#keep(event, (registration) => listener !== undefined && registration.listener !== listener);
    return this;
  }

  removeListener(event?: string, listener?: PacketListener): this {
    return this.off(event, listener);
  }

  removeEventListener(event?: string, listener?: PacketListener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: string): this {
    return this.off(event);
  }

  /** For subclasses that decode in a way of their own. */
  emit(event: string, packet: SocketPacket): this {
    for (const registration of this.#registrations.get(event) ?? []) {
      if (registration.isOnce) this.#keep(event, (other) => other !== registration);
      registration.listener(packet);
    }
    return this;
  }

  listeners(event: string): PacketListener[] {
    return (this.#registrations.get(event) ?? []).map(({ listener }) => listener);
  }

  hasListeners(event: string): boolean {
    return this.listeners(event).length > 0;
  }

  #register(event: string, registration: Registration): this {
    this.#registrations.set(event, [...(this.#registrations.get(event) ?? []), registration]);
    return this;
  }

  #keep(event: string, isKept: (registration: Registration) => boolean): void {
    this.#registrations.set(event, (this.#registrations.get(event) ?? []).filter(isKept));
  }
}
