// Binary, of whatever realm and class (SIO §28.1).

/** What is needed of a `Blob` or a `File`. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export type Binary = ArrayBuffer | ArrayBufferView | BlobLike;

export function isBlob(value: unknown): value is BlobLike {
  return /^(Blob|File)$/.test(tagOf(value));
}

export function isBinary(value: unknown): value is Binary {
  return ArrayBuffer.isView(value) || isArrayBuffer(value) || isBlob(value);
}

/** The bytes of binary that need not be read first; of a view, its own window. */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return isArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return tagOf(value) === "ArrayBuffer";
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
