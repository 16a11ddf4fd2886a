import { type Answer, begin, type Pending, request } from "./http.ts";

/** An engine session over long polling, written by hand: nothing is sent that a suite did not ask for. */
export class PollingSession {
  readonly url: string;
  readonly sid: string;
  readonly opening: Answer;

  private constructor(url: string, sid: string, opening: Answer) {
    this.url = url;
    this.sid = sid;
    this.opening = opening;
  }

  /** Opens a session; `query` replaces what follows `transport=polling`. */
  static async open(
    endpoint: string,
    query: string = "EIO=4",
    headers: Record<string, string> = {},
  ): Promise<PollingSession> {
    const url = `${endpoint}?${query}&transport=polling`;
    const opening = await request(url, { headers });
    const sid = /"sid":"([^"]+)"/.exec(opening.text.replaceAll("\\", ""))?.[1];
    if (opening.status !== 200 || sid === undefined)
      throw new Error(`no session: ${opening.status} ${opening.text}`);
    return new PollingSession(`${url}&sid=${sid}`, sid, opening);
  }

  /** Opens a session and joins the main namespace of Socket.IO on it. */
  static async join(endpoint: string): Promise<PollingSession> {
    const session = await PollingSession.open(endpoint);
    await session.post("40");
    const reply = await session.get();
    if (!reply.text.startsWith('40{"sid":"')) throw new Error(`not joined: ${reply.text}`);
    return session;
  }

  get(): Promise<Answer> {
    return request(this.url);
  }

  /** A poll that waits; the next turn of the server has it. */
  beginGet(): Pending {
    return begin(this.url);
  }

  post(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
    return request(this.url, { method: "POST", body, headers: { ...TEXT, ...headers } });
  }

  /** True while the server knows the session: a request of a wrong method tells without touching it. */
  async isAlive(): Promise<boolean> {
    const answer = await request(this.url, { method: "PUT" });
    return answer.status === 500;
  }
}

const TEXT = { "Content-Type": "text/plain;charset=UTF-8" };
