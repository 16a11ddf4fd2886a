// A fixed list of files, so that no request can name another one.

import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";
const SVG = "image/svg+xml";

const HEADERS = {
  "cache-control": "no-cache",
  // "connect-src": some browsers do not count the WebSocket of the same host as 'self'.
  "content-security-policy":
    "default-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const published = fileURLToPath(new URL("public/", import.meta.url));
const client = dirname(createRequire(import.meta.url).resolve("@tautline/client/package.json"));

const files = new Map([
  ["/", { type: HTML, path: join(published, "index.html") }],
  ["/style.css", { type: CSS, path: join(published, "style.css") }],
  ["/icon.svg", { type: SVG, path: join(published, "icon.svg") }],
  ...["app", "connection", "link-panel", "messages", "room-list", "round-trip", "typing"].map((name) => [
    `/${name}.js`,
    { type: SCRIPT, path: join(published, `${name}.js`) },
  ]),
  // The name by which the page imports the client, whatever the package calls the file.
  ["/socket.io.js", { type: SCRIPT, path: join(client, "dist/socket.io.esm.min.js") }],
]);

/** A request listener that serves the page, and answers 404 to the rest. */
export function createStaticFiles() {
  return (request, response) => {
    const file = files.get(request.url.split("?", 1)[0]);
    const isReading = request.method === "GET" || request.method === "HEAD";
    if (file === undefined || !isReading) {
      refuse(response, file === undefined ? 404 : 405);
      return;
    }
    const content = createReadStream(file.path);
    content.once("error", (error) => {
      console.error(`The demo lacks a file: ${error.message}. Has "npm run build" been run?`);
      if (response.headersSent) response.destroy();
      else refuse(response, 500);
    });
    content.once("open", () => {
      response.writeHead(200, { ...HEADERS, "content-type": file.type });
      content.pipe(response);
    });
  };
}

function refuse(response, status) {
  response.writeHead(status, { ...HEADERS, "content-type": "text/plain; charset=utf-8" });
  response.end(status === 404 ? "There is no such page here.\n" : "This cannot be served.\n");
}
