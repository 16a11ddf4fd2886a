// What clients send is theirs to choose: everything is read by these functions, which throw an InputError that
// says what is wrong.

const LONGEST_NAME = 32;
const LONGEST_ROOM = 40;
const LONGEST_TEXT = 2_000;
const MOST_ROOMS = 20;

/** The fault of a client; `code` is for its program, `message` for its user. */
export class InputError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** The name in the handshake's auth; `fallback` if there is none. */
export function readName(auth, fallback) {
  const name = auth?.name;
  return name === undefined || name === "" ? fallback : readLine(name, "name", LONGEST_NAME);
}

/** The rooms in the handshake's auth, to be in from the start. */
export function readRooms(auth) {
  const rooms = auth?.rooms ?? [];
  if (!Array.isArray(rooms)) throw new InputError("INVALID_ROOM", "rooms must be an array");
  if (rooms.length > MOST_ROOMS) throw new InputError("TOO_MANY_ROOMS", `at most ${MOST_ROOMS} rooms`);
  return rooms.map(readRoom);
}

/** A room, given alone or as `{ room }`. */
export function readRoom(input) {
  return readLine(isRecord(input) ? input.room : input, "room", LONGEST_ROOM);
}

export function readMessage(input) {
  return { room: readRoom(input), text: readText(input?.text) };
}

export function readTyping(input) {
  const room = readRoom(input);
  if (typeof input.isTyping !== "boolean")
    throw new InputError("INVALID_TYPING", "isTyping must be true or false");
  return { room, isTyping: input.isTyping };
}

/** Throws if one more room would be too many. */
export function checkRoomCount(count) {
  if (count >= MOST_ROOMS) throw new InputError("TOO_MANY_ROOMS", `at most ${MOST_ROOMS} rooms`);
}

function readText(input) {
  if (typeof input !== "string") throw new InputError("INVALID_TEXT", "text must be a string");
  const text = input.trim();
  if (text === "") throw new InputError("INVALID_TEXT", "text is empty");
  if (text.length > LONGEST_TEXT) {
    throw new InputError("INVALID_TEXT", `text has ${text.length} characters; the most is ${LONGEST_TEXT}`);
  }
  return text;
}

function readLine(input, what, longest) {
  const code = `INVALID_${what.toUpperCase()}`;
  if (typeof input !== "string") throw new InputError(code, `${what} must be a string`);
  const line = input.trim();
  if (line === "") throw new InputError(code, `${what} is empty`);
  if (line.length > longest) {
    throw new InputError(code, `${what} has ${line.length} characters; the most is ${longest}`);
  }
  if (/\p{Cc}/u.test(line)) throw new InputError(code, `${what} contains a control character`);
  return line;
}

function isRecord(input) {
  return typeof input === "object" && input !== null;
}
