/** Base64 as the runtime offers it fastest; handed in, since neutral code has no `Buffer` and no `btoa`. */
export interface Base64 {
  /** Standard, padded base64 of the view's own window. */
  encode(bytes: Uint8Array): string;
  /** Lenient: characters outside the alphabet are skipped, missing padding is accepted (EIO §22). */
  decode(text: string): Uint8Array;
}
