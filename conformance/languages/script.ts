// The script that the program of every language runs, and what it must have seen. A program gets the server's URL, the
// mode and the steps to leave out, joined by commas, as arguments, and prints JSON lines: what it saw at a step, what
// failed, or what it asks of the runner.
//
//   {"did": "events", "saw": [...]}     {"did": "events", "failed": "nothing within 10 s"}
//   {"please": "publish"}               another client publishes ANNOUNCEMENT in /vault
//   {"please": "restart"}               the server ends and starts again on the same port
//
// The server runs the application of ../peers/vocabulary.ts. Binary is reported as {"bytes": length, "fnv1a": hash}.

/** How a program reaches the server: WebSocket from the start, or long polling first. */
export const languageModes = ["upgraded", "websocket"] as const;
export type LanguageMode = (typeof languageModes)[number];

/** The steps, in the order of the script. */
export const steps = [
  "refused",
  "admitted",
  "transport",
  "events",
  "binary",
  "every byte",
  "nested binary",
  "acknowledged",
  "acknowledged with binary",
  "answers",
  "answers with binary",
  "broadcast",
  "second namespace",
  "restart",
  "disconnected",
] as const;
export type Step = (typeof steps)[number];

/** What a step is, as the name of its test. */
export const promiseOf: Readonly<Record<Step, string>> = {
  refused: "learns why a namespace refuses it, with the middleware's data",
  admitted: "brings its credentials to a namespace",
  transport: "is carried by WebSocket in the end",
  events: "sends and receives events with several arguments",
  binary: "sends and receives binary of several sizes",
  "every byte": "sends and receives binary with every value of a byte",
  "nested binary": "sends and receives several binaries within one argument",
  acknowledged: "is acknowledged with several arguments",
  "acknowledged with binary": "is acknowledged with binary",
  answers: "acknowledges an event of the server",
  "answers with binary": "acknowledges an event of the server with binary",
  broadcast: "hears what another client says",
  "second namespace": "joins a second namespace over the same connection",
  restart: "comes back to a restarted server and talks to it",
  disconnected: "learns that the server disconnected it",
};

/** What another client publishes when a program asks for it. */
export const ANNOUNCEMENT: readonly unknown[] = ["from another client", { count: 1 }];

/** Both sides of each length that WebSocket and payloads write differently, and one that takes many reads. */
const SIZES: readonly number[] = [1, 125, 126, 65_535, 65_536, 300_000];

/** What a program must report of a step. Objects may hold more than named here. */
export const expectationOf: Readonly<Record<Step, unknown>> = {
  refused: { message: "token expired", data: { retry: false } },
  admitted: { token: "open" },
  transport: "websocket",
  events: ["žluťoučký kůň 🎈", 42, { deep: [true, null, { list: [] }] }],
  binary: SIZES.map(digestOf),
  "every byte": [digest(Uint8Array.from({ length: 256 }, (_, at) => at))],
  "nested binary": [{ name: "parts", parts: [digestOf(3), digestOf(1_000)] }],
  acknowledged: ["yes", 7, { ok: true }],
  "acknowledged with binary": [digestOf(200)],
  answers: ["why", 5],
  "answers with binary": [digestOf(200)],
  broadcast: ANNOUNCEMENT,
  "second namespace": ["orders"],
  restart: ["after the restart"],
  disconnected: "io server disconnect",
};

/**
 * What a program reports of the binary of a size: byte i is 7i + size, modulo 256. The byte that separates the packets
 * of a payload (EIO §5) is left to a step of its own: there it is the next one.
 */
function digestOf(size: number): Digest {
  const bytes = Uint8Array.from({ length: size }, (_, at) => at * 7 + size);
  return digest(bytes.map((byte) => (byte === 0x1e ? 0x1f : byte)));
}

interface Digest {
  readonly bytes: number;
  readonly fnv1a: number;
}

function digest(bytes: Uint8Array): Digest {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return { bytes: bytes.length, fnv1a: hash >>> 0 };
}
