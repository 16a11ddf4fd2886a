import type { HttpRequester } from "../../engine/polling.ts";
import { onPageEvent } from "./lifecycle.ts";

/** Makes requests by XMLHttpRequest. */
export const xhrRequester: HttpRequester = {
  readFailure: "xhr poll error",
  writeFailure: "xhr post error",
  send({ method, uri, body, headers }, { withCredentials = false }, onOutcome) {
    const xhr = new XMLHttpRequest();
    const abort = (): void => {
      stop();
      xhr.onreadystatechange = null;
      xhr.abort();
    };
    // client.md 9.2: a page that is left ends its requests, silently
    const stop = onPageEvent("pagehide", abort);
    xhr.open(method, uri);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.withCredentials = withCredentials;
    xhr.onreadystatechange = () => {
      if (xhr.readyState !== 4) return;
      stop();
      const { status, responseText } = xhr;
      const body = status === 200 ? responseText : undefined;
      onOutcome({ body, description: status, context: xhr });
    };
    xhr.send(body);
    return abort;
  },
};
