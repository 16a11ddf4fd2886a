// Polling bodies of script tags (EIO §20), for old browsers with clients of version 2. The server alone loads this.

/** The digits of the handshake's query value `j`, which name the function that every response calls. */
export function readJsonpIndex(j: string): string {
  return j.replace(/\D/g, "");
}

/**
 * Wraps a text payload as the script that hands it to the page.
 *
 * @example encodeJsonpBody("3", "1:6"); // '___eio[3]("1:6");'
 */
export function encodeJsonpBody(index: string, payload: string): string {
  // Older script engines end a line, and with it the string, at these two.
  const json = JSON.stringify(payload)
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
  return `___eio[${index}](${json});`;
}

/**
 * The payload that a form-encoded POST body carries in its field `d`, or `undefined` without that field.
 *
 * Never throws: percent escapes that are not UTF-8 become U+FFFD, and a lone `%` stands for itself.
 */
export function decodeJsonpBody(body: string): string | undefined {
  const field = readField(body);
  if (field === undefined) return undefined;
  return decodeJsonpField(decodePercent(field.replaceAll("+", " ")));
}

/** Undoes the escapes of the decoded field `d`: `\n` is a newline, `\\n` is the two characters `\n` (EIO §20). */
export function decodeJsonpField(field: string): string {
  return field.replace(/\\?\\n/g, (found) => (found.length === 2 ? "\n" : "\\n"));
}

/** The raw value of the first field called `d`. */
function readField(body: string): string | undefined {
  if (body.startsWith("d=")) return body.slice(2, endOfField(body, 2));
  const index = body.indexOf("&d=");
  return index < 0 ? undefined : body.slice(index + 3, endOfField(body, index + 3));
}

function endOfField(body: string, start: number): number {
  const end = body.indexOf("&", start);
  return end < 0 ? body.length : end;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
      decoder.decode(Uint8Array.from(escapes.slice(1).split("%"), (hex) => Number.parseInt(hex, 16))),
    );
  }
}
