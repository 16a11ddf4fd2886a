import type { HttpOutcome, HttpRequester } from "../../engine/polling.ts";
import type { MiniProgram, RequestResult } from "./mini-program.ts";

/** Makes requests by `wx.request`. */
export function createRequester(host: () => MiniProgram): HttpRequester {
  return {
    readFailure: "xhr poll error",
    writeFailure: "xhr post error",
    send({ method, uri, body, headers }, { socket }, onOutcome) {
      let isAborted = false;
      const { clock, cookieJar } = socket;
      // A host may answer before it has returned.
      const settle = (outcome: HttpOutcome): void =>
        clock.nextTick(() => {
          if (!isAborted) onOutcome(outcome);
        });
      const task = host().request({
        url: uri,
        method,
        header: cookieJar ? cookieJar.merge(headers) : headers,
        // client-platforms.md 7.3: with `json` the host would parse the body
        dataType: "text",
        responseType: "text",
        ...(body !== undefined && { data: body }),
        success(result) {
          cookieJar?.store(cookiesOf(result));
          const { statusCode, data } = result;
          const isAnswer = statusCode === 200 && typeof data === "string";
          settle({ body: isAnswer ? data : undefined, description: statusCode, context: result });
        },
        fail: (failure) => settle({ description: 0, context: failure }),
      });
      return () => {
        isAborted = true;
        task?.abort();
      };
    },
  };
}

function cookiesOf({ cookies, header = {} }: RequestResult): readonly string[] {
  const text = Object.entries(header).find(([name]) => name.toLowerCase() === "set-cookie")?.[1];
  // Where there is only the header its values are joined by commas, which dates have as well.
  return cookies ?? text?.split(/,\s*(?=[^;,=\s]+=)/) ?? [];
}
