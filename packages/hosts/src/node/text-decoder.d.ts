// Node's own types declare the value `TextDecoder` without a type of that name, which neutral packages annotate with.
interface TextDecoder {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}
