// Binary inside the data of events and acks (SIO §28): found, taken out for the wire, put back on arrival.

/** What this library needs to know of a `Blob` or a `File`, for runtimes that have them. */
export interface BlobLike {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** One binary value of a packet. The bytes of a view are those of its own window. */
export type Attachment = Uint8Array | BlobLike;

/** Data whose binary values were replaced by placeholders, and those values in the order of their numbers. */
export interface Deconstructed {
  readonly data: unknown;
  readonly attachments: readonly Attachment[];
}

/** How deep data may nest; the outer array of a packet is level 1 (SEC §2). */
export const MAX_NESTING = 512;

/** Whether a value is binary: an `ArrayBuffer`, a view of one, a `Blob` or a `File`. */
export function isBinary(value: unknown): boolean {
  return isContainer(value) && isBinaryObject(value);
}

/** Whether an attachment is a `Blob` or a `File`, whose bytes can only be read asynchronously. */
export function isBlob(value: object): value is BlobLike {
  const tag = tagOf(value);
  if (tag !== "[object Blob]" && tag !== "[object File]") return false;
  return "arrayBuffer" in value && typeof value.arrayBuffer === "function";
}

/** The value as an attachment, or `undefined` if it is not binary. */
function toAttachment(value: object): Attachment | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (isArrayBuffer(value)) return new Uint8Array(value);
  return isBlob(value) ? value : undefined;
}

/**
 * Whether binary hides anywhere in `data` (SIO §28.1).
 *
 * @throws RangeError if the data nests deeper than `MAX_NESTING`, which circular data does as well.
 */
export function hasBinary(data: unknown): boolean {
  return isContainer(data) && searchValue(data, 1);
}

/**
 * Takes the binary values out of `data`, depth first, without changing it (SIO §28.1).
 *
 * @throws RangeError if the data nests deeper than `MAX_NESTING`, which circular data does as well.
 */
export function deconstruct(data: unknown): Deconstructed {
  const attachments: Attachment[] = [];
  return { data: extract(data, attachments, 1), attachments };
}

/**
 * Puts attachments back in the place of their placeholders, changing `data`, which MUST come from `JSON.parse`.
 *
 * Returns `false` if a placeholder names no attachment (SIO §28.2), or if there are more than `maxPlaceholders`:
 * a large attachment named a thousand times would leave a program that relays the data a thousand times as large.
 */
export function reconstruct(
  data: unknown,
  attachments: readonly unknown[],
  maxPlaceholders: number = Number.POSITIVE_INFINITY,
): boolean {
  return !isContainer(data) || fill(data, { attachments, placeholdersLeft: maxPlaceholders }, 1);
}

interface Reconstruction {
  readonly attachments: readonly unknown[];
  placeholdersLeft: number;
}

interface Container {
  readonly [Symbol.toStringTag]?: unknown;
  readonly toJSON?: unknown;
  [key: string]: unknown;
}

// The search runs for every event that is sent: reading one property of each object is the cheapest test that
// finds blobs, and `for in` costs half of `Object.values`.
function searchValue(value: Container, level: number): boolean {
  if (Array.isArray(value)) return searchArray(value, level);
  if (isBinaryObject(value)) return true;
  if (typeof value.toJSON !== "function") return searchMembers(value, level);
  if (value instanceof Date) return false;
  const json: unknown = value.toJSON();
  if (!isContainer(json)) return false;
  if (Array.isArray(json)) return searchArray(json, level);
  return isBinaryObject(json) || searchMembers(json, level);
}

function searchArray(items: readonly unknown[], level: number): boolean {
  assertLevel(level);
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (isContainer(item) && searchValue(item, level + 1)) return true;
  }
  return false;
}

function searchMembers(value: Container, level: number): boolean {
  assertLevel(level);
  for (const key in value) {
    const member = value[key];
    if (isContainer(member) && Object.hasOwn(value, key) && searchValue(member, level + 1)) return true;
  }
  return false;
}

function isBinaryObject(value: Container): boolean {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  return typeof value[Symbol.toStringTag] === "string" && (isArrayBuffer(value) || isBlob(value));
}

function extract(value: unknown, attachments: Attachment[], level: number): unknown {
  if (!isContainer(value) || value instanceof Date) return value;
  const isReplacedByJson =
    typeof value.toJSON === "function" && !Array.isArray(value) && !isBinaryObject(value);
  const found = attachments.length;
  const extracted = extractFromJson(isReplacedByJson ? value.toJSON() : value, attachments, level);
  // What holds no binary is left to JSON.stringify as it is: boxed values, a second call of toJSON.
  return attachments.length === found ? value : extracted;
}

function extractFromJson(value: unknown, attachments: Attachment[], level: number): unknown {
  if (!isContainer(value)) return value;
  const attachment = toAttachment(value);
  if (attachment !== undefined) {
    attachments.push(attachment);
    return { _placeholder: true, num: attachments.length - 1 };
  }
  assertLevel(level);
  if (Array.isArray(value)) return value.map((item: unknown) => extract(item, attachments, level + 1));
  // Without a prototype, a member called `__proto__` is a member like any other.
  const copy: Container = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    // JSON.stringify calls toJSON once; the copy of its result must not offer it again.
    if (key === "toJSON" && typeof member === "function") continue;
    copy[key] = extract(member, attachments, level + 1);
  }
  return copy;
}

function fill(container: Container, task: Reconstruction, level: number): boolean {
  // Parsed text cannot nest so deep; what a reviver made of it may be circular.
  if (level > MAX_NESTING) return true;
  for (const key of Object.keys(container)) {
    const member = container[key];
    if (!isContainer(member)) continue;
    if (isPlaceholder(member)) {
      const index = member.num;
      // CVE-2022-2421: only a number that is the index of an attachment
      if (typeof index !== "number" || !(index in task.attachments)) return false;
      if (task.placeholdersLeft-- <= 0) return false;
      container[key] = task.attachments[index];
    } else if (!fill(member, task, level + 1)) {
      return false;
    }
  }
  return true;
}

function isPlaceholder(value: Container): boolean {
  return Object.hasOwn(value, "_placeholder") && value._placeholder === true;
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function isArrayBuffer(value: object): value is ArrayBuffer {
  return value instanceof ArrayBuffer || tagOf(value) === "[object ArrayBuffer]";
}

// By tag: a value of another realm (an iframe, a vm context) is no instance of this realm's classes.
function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function assertLevel(level: number): void {
  if (level > MAX_NESTING)
    throw new RangeError(`data is circular or nested deeper than ${MAX_NESTING} levels`);
}
