// New inputs from known ones: small damage to valid examples, and now and then noise.

import type { Random } from "./random.ts";

/** Inputs stay below this, so that the time of a run shows whether a decoder is linear. */
const MAX_INPUT_BYTES = 65_536;

/** Bytes at which decoders change their mind: zeros, ASCII of the formats, limits of seven and eight bits. */
const TELLING_BYTES = Uint8Array.from([
  0x00, 0x01, 0x04, 0x0a, 0x1e, 0x22, 0x2c, 0x2d, 0x2f, 0x30, 0x36, 0x37, 0x39, 0x3a, 0x5b, 0x5c, 0x5d, 0x62,
  0x7b, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x82, 0x88, 0xc0, 0xed, 0xf4, 0xfe, 0xff,
]);

/** The next input: usually a mutant of one of `corpus`, with pieces of `tokens` and of other members. */
export function nextInput(
  random: Random,
  corpus: readonly Uint8Array[],
  tokens: readonly Uint8Array[],
): Uint8Array {
  if (corpus.length === 0 || random.oneIn(20)) return noise(random);
  let bytes = random.pick(corpus);
  const steps = 1 + random.below(random.oneIn(4) ? 12 : 3);
  for (let step = 0; step < steps; step++) bytes = mutate(random, bytes, corpus, tokens);
  return bytes.subarray(0, MAX_INPUT_BYTES);
}

function noise(random: Random): Uint8Array {
  const bytes = new Uint8Array(random.below(random.oneIn(10) ? 2_000 : 24));
  for (let index = 0; index < bytes.length; index++) bytes[index] = anyByte(random);
  return bytes;
}

function anyByte(random: Random): number {
  return random.oneIn(2) ? random.below(256) : (TELLING_BYTES[random.below(TELLING_BYTES.length)] ?? 0);
}

function mutate(
  random: Random,
  bytes: Uint8Array,
  corpus: readonly Uint8Array[],
  tokens: readonly Uint8Array[],
): Uint8Array {
  const start = random.below(bytes.length + 1);
  const end = start + random.below(Math.min(bytes.length - start, 40) + 1);
  switch (random.below(8)) {
    case 0:
      return overwrite(random, bytes);
    case 1:
      return replace(bytes, start, start, Uint8Array.of(anyByte(random)));
    case 2:
      return replace(bytes, start, end, new Uint8Array(0));
    case 3:
      return replace(bytes, start, start, bytes.subarray(start, end));
    case 4:
      return replace(
        bytes,
        start,
        start,
        repeat(bytes.subarray(start, end), 1 + random.below(random.oneIn(20) ? 2_000 : 20)),
      );
    case 5:
      return tokens.length === 0 ? overwrite(random, bytes) : replace(bytes, start, end, random.pick(tokens));
    case 6:
      return replace(bytes, start, bytes.length, tail(random, random.pick(corpus)));
    default:
      return bytes.subarray(0, start);
  }
}

function overwrite(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  const index = random.below(bytes.length + 1);
  if (index < copy.length)
    copy[index] = random.oneIn(2) ? anyByte(random) : (copy[index] ?? 0) ^ (1 << random.below(8));
  return copy;
}

function tail(random: Random, bytes: Uint8Array): Uint8Array {
  return bytes.subarray(random.below(bytes.length + 1));
}

function repeat(bytes: Uint8Array, times: number): Uint8Array {
  const count = Math.min(times, Math.floor(MAX_INPUT_BYTES / Math.max(1, bytes.length)));
  const repeated = new Uint8Array(bytes.length * count);
  for (let index = 0; index < count; index++) repeated.set(bytes, index * bytes.length);
  return repeated;
}

/** A copy in which `insert` stands in place of `start..end`. */
function replace(bytes: Uint8Array, start: number, end: number, insert: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - (end - start) + insert.length);
  result.set(bytes.subarray(0, start));
  result.set(insert, start);
  result.set(bytes.subarray(end), start + insert.length);
  return result;
}
