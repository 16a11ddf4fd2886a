import cors, { type CorsOptions, type CorsOptionsDelegate } from "cors";
import type { Middleware } from "./middleware.ts";

/** The `cors` option: the options of the `cors` package, or a function that finds them for each request. */
export type CorsOption = CorsOptions | CorsOptionsDelegate;

/** The middleware that sets the headers of CORS and answers preflights (EIO §17). */
export function createCors(options: CorsOption): Middleware {
  // The two forms are two overloads there.
  return typeof options === "function" ? cors(options) : cors(options);
}
