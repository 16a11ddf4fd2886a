// The limit on nesting of JSON that a peer sent (SEC §2), checked before the text is parsed.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Whether the JSON that `text` holds from `start` on nests at most `maxLevels` deep; its outermost value is level 1.
 *
 * Free for texts too short to nest that deep, one native search where few brackets occur, linear otherwise.
 * Says nothing of texts that are not JSON: the parser refuses those.
 */
export function isNestingWithin(text: string, start: number, maxLevels: number): boolean {
  // A level takes an opening and a closing bracket.
  if (text.length - start <= 2 * maxLevels) return true;
  return countOpenings(text, start, maxLevels) <= maxLevels || scanLevels(text, start, maxLevels);
}

/** Counts opening brackets, those inside strings too, and gives up above `enough`. */
function countOpenings(text: string, start: number, enough: number): number {
  let count = 0;
  for (const bracket of ["[", "{"]) {
    let index = text.indexOf(bracket, start);
    while (index >= 0 && count <= enough) {
      count++;
      index = text.indexOf(bracket, index + 1);
    }
  }
  return count;
}

function scanLevels(text: string, start: number, maxLevels: number): boolean {
  let level = 0;
  for (let index = start; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case QUOTE:
        index = endOfString(text, index + 1);
        break;
      case OPENING_BRACKET:
      case OPENING_BRACE:
        level++;
        if (level > maxLevels) return false;
        break;
      case CLOSING_BRACKET:
      case CLOSING_BRACE:
        level--;
        break;
    }
  }
  return true;
}

/** The index of the quote that ends the string whose content begins at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index;
    if (code === BACKSLASH) index++;
  }
  return text.length;
}
