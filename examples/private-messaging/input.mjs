// What clients send may be anything: it is read here, or refused with a reason.

const LONGEST_NAME = 30;
const LONGEST_TEXT = 2_000;

export class InputError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export function readName(input) {
  const name = typeof input === "string" ? input.trim() : "";
  if (name === "" || name.length > LONGEST_NAME) {
    throw new InputError("INVALID_NAME", `a name has 1 to ${LONGEST_NAME} characters`);
  }
  return name;
}

export function readText(input) {
  const text = typeof input === "string" ? input.trim() : "";
  if (text === "" || text.length > LONGEST_TEXT) {
    throw new InputError("INVALID_TEXT", `a message has 1 to ${LONGEST_TEXT} characters`);
  }
  return text;
}
