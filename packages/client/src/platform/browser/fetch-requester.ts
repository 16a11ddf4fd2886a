import type { HttpOutcome, HttpRequester } from "../../engine/polling.ts";

/** Makes requests by `fetch`. */
export const fetchRequester: HttpRequester = {
  readFailure: "fetch read error",
  writeFailure: "fetch write error",
  send({ method, uri, body, headers }, { socket, withCredentials }, onOutcome) {
    const controller = new AbortController();
    const { signal } = controller;
    const settle = (outcome: HttpOutcome): void => {
      if (!signal.aborted) onOutcome(outcome);
    };
    const jar = socket.cookieJar;
    const credentials = withCredentials ? "include" : "omit";
    const init: RequestInit = { method, headers: jar ? jar.merge(headers) : headers, credentials, signal };
    if (body !== undefined) init.body = body;
    fetch(uri, init)
      .then(async (response) => {
        jar?.store(response.headers.getSetCookie());
        const body = response.ok ? await response.text() : undefined;
        settle({ body, description: response.status, context: response });
      })
      .catch((error: unknown) => settle({ description: error }));
    return () => controller.abort();
  },
};
