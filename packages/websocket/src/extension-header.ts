// The grammar of Sec-WebSocket-Extensions (RFC 6455 §9.1), read by hand: one pass, no regular expression, no
// exception (GHSA-5v72-xg48-5rpm, CVE-2021-32640).

/** One extension of the header, its parameters in order. `true` stands for a parameter without a value. */
export interface ExtensionOffer {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string | true])[];
}

/** Whether the character is one of a token (RFC 9110 §5.6.2). */
function isTokenChar(code: number): boolean {
  if (code >= 0x61 && code <= 0x7a) return true; // a-z
  if (code >= 0x41 && code <= 0x5a) return true; // A-Z
  if (code >= 0x30 && code <= 0x39) return true; // 0-9
  return "!#$%&'*+-.^_`|~".includes(String.fromCharCode(code));
}

/** Whether `text` is one token. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (!isTokenChar(text.charCodeAt(i))) return false;
  }
  return text.length > 0;
}

/** The offers in order of preference, or `undefined` if the header breaks the grammar. */
export function parseExtensions(header: string): ExtensionOffer[] | undefined {
  const scanner = new Scanner(header);
  const offers: ExtensionOffer[] = [];
  do {
    const name = scanner.token();
    if (name === undefined) return undefined;
    const parameters: [string, string | true][] = [];
    while (scanner.skip(";")) {
      const parameter = scanner.token();
      if (parameter === undefined) return undefined;
      const value = scanner.skip("=") ? scanner.value() : true;
      if (value === undefined) return undefined;
      parameters.push([parameter, value]);
    }
    offers.push({ name, parameters });
  } while (scanner.skip(","));
  return scanner.isAtEnd ? offers : undefined;
}

/** Writes one extension as the header has it. */
export function formatExtension(offer: ExtensionOffer): string {
  return [
    offer.name,
    ...offer.parameters.map(([name, value]) => (value === true ? name : `${name}=${value}`)),
  ].join("; ");
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }

  /** Passes over `character` if it is next. */
  skip(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  token(): string | undefined {
    this.#skipSpace();
    const start = this.#at;
    while (this.#at < this.#text.length && isTokenChar(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#at === start ? undefined : this.#text.slice(start, this.#at);
  }

  /** A token, or a quoted string whose content is a token (RFC 6455 §9.1). */
  value(): string | undefined {
    if (!this.skip('"')) return this.token();
    let value = "";
    while (this.#at < this.#text.length) {
      let character = this.#text[this.#at++];
      if (character === '"') return isToken(value) ? value : undefined;
      if (character === "\\") character = this.#text[this.#at++];
      value += character ?? "";
    }
    return undefined;
  }

  #skipSpace(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++;
  }
}
