// The route of the client bundles on an HTTP server, in front of the engine's, or on an app of µWebSockets.js
// (server.md §2.4, §17).

import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Report } from "@tautline/events/guard";
import { takeRequests } from "@tautline/hosts/node/attach";
import { type CorsOption, createCors } from "@tautline/hosts/node/cors";
import { UwsAnswer } from "@tautline/hosts/uws/answer";
import type { UwsApp } from "@tautline/hosts/uws/app";
import { isSslApp } from "@tautline/hosts/uws/attach-app";
import { UwsRequest } from "@tautline/hosts/uws/request";
import { UwsResponse } from "@tautline/hosts/uws/response";
import { bundleNames } from "./client-bundles.ts";
import { version } from "./version.ts";

/** Answers with a bundle; the headers that all answers have are set. */
export type SendFile = (filename: string, req: IncomingMessage, res: ServerResponse) => Promise<void> | void;

export interface BundleRoute {
  /** Without a trailing slash. */
  readonly path: string;
  readonly cors: CorsOption | undefined;
  readonly sendFile: SendFile;
  readonly report: Report;
}

/** Answers the requests for bundles, whatever their method; all others go where they went before. */
export function serveBundles(httpServer: EventEmitter, route: BundleRoute): void {
  const prefix = `${route.path}/`;
  const serve = createServe(route);
  takeRequests(httpServer, (req, res) => {
    const name = bundleNameOf(req.url ?? "", prefix);
    if (name === undefined) return false;
    serve(name, req, res);
    return true;
  });
}

/** As `serveBundles`, for GET alone. */
export function serveBundlesOnApp(app: UwsApp, route: BundleRoute): void {
  const prefix = `${route.path}/`;
  const serve = createServe(route);
  const isEncrypted = isSslApp(app);
  app.get(`${prefix}*`, (res, req) => {
    const name = bundleNameOf(req.getUrl(), prefix);
    if (name === undefined) {
      req.setYield(true);
      return;
    }
    const request = new UwsRequest(res, req, isEncrypted);
    serve(name, request, new UwsResponse(request, new UwsAnswer(res, false)));
  });
}

function createServe(route: BundleRoute): (name: string, req: IncomingMessage, res: ServerResponse) => void {
  const cors = route.cors && createCors(route.cors);
  return (name, req, res) => {
    const onCorsDone = (error?: unknown): void => {
      // The headers are missing then, which keeps out the pages that need them.
      if (error) route.report(error);
      answer(name, req, res, route);
    };
    if (cors) cors(req, res, onCorsDone);
    else onCorsDone();
  };
}

/** The prefix is looked for in the raw URL, and the query is ignored. */
function bundleNameOf(url: string, prefix: string): string | undefined {
  if (!url.startsWith(prefix)) return undefined;
  const queryAt = url.indexOf("?", prefix.length);
  const name = url.slice(prefix.length, queryAt < 0 ? undefined : queryAt);
  return bundleNames.has(name) ? name : undefined;
}

async function answer(
  name: string,
  req: IncomingMessage,
  res: ServerResponse,
  { sendFile, report }: BundleRoute,
): Promise<void> {
  const etag = `"${version}"`;
  const known = req.headers["if-none-match"];
  if (known === etag || known === `W/${etag}`) {
    res.writeHead(304);
    res.end();
    return;
  }
  const type = name.endsWith(".map") ? "application/json" : "application/javascript";
  res.setHeader("Cache-Control", "public, max-age=0");
  res.setHeader("Content-Type", `${type}; charset=utf-8`);
  res.setHeader("ETag", etag);
  try {
    await sendFile(name, req, res);
  } catch (error) {
    fail(error, res, report);
  }
}

/** The program is told, and the client is not left waiting. */
function fail(error: unknown, res: ServerResponse, report: Report): void {
  report(error);
  if (res.headersSent) {
    res.end();
    return;
  }
  for (const name of ["Cache-Control", "ETag"]) res.removeHeader(name);
  res.setHeader("Content-Type", "text/plain; charset=utf-8");
  res.writeHead(500);
  res.end(error instanceof Error ? error.message : undefined);
}
