// What clients send may be anything: it is read here, or refused with a reason.

const LARGEST_FILE = 20 * 1024 * 1024;
const LONGEST_NAME_BYTES = 100;

export class InputError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export function readSize(input) {
  if (!Number.isInteger(input) || input < 0) throw new InputError("INVALID_SIZE", "the size is not known");
  if (input > LARGEST_FILE) {
    throw new InputError("TOO_LARGE", `a file has at most ${LARGEST_FILE / 1024 / 1024} MiB`);
  }
  return input;
}

/**
 * A name that is safe as part of a file's name: without folders, control characters and what shells and other
 * systems take for special. What is too long loses its beginning, for the end says what kind of file it is.
 */
export function readFileName(input) {
  if (typeof input !== "string") throw new InputError("INVALID_NAME", "the file has no name");
  const last = input.slice(-1_000).split(/[/\\]/).at(-1) ?? "";
  const safe = last
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}._ -]/gu, "_")
    .replace(/\.{2,}/g, ".")
    .trim();
  const letters = [...safe];
  while (Buffer.byteLength(letters.join("")) > LONGEST_NAME_BYTES) letters.shift();
  return letters.join("").replace(/^[. ]+/, "") || "file";
}
