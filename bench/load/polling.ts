// The HTTP half of a session that begins by polling: open, join the namespace, and leave a poll pending, which
// the server answers when the WebSocket takes over.

import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

export interface PollingSession {
  readonly sessionId: string;
  /** Settles during the upgrade, when the server ends the last poll. */
  readonly pendingPoll: Promise<string>;
}

/** Opens a session and joins the main namespace. */
export async function openByPolling(port: number): Promise<PollingSession> {
  const path = "/socket.io/?EIO=4&transport=polling";
  const open = await exchange(port, path);
  const sessionId = /"sid":"([^"]+)"/.exec(open)?.[1];
  if (sessionId === undefined) throw new Error(`no session id in ${open}`);
  const sessionPath = `${path}&sid=${sessionId}`;
  await exchange(port, sessionPath, "40");
  const joined = await exchange(port, sessionPath);
  if (!joined.startsWith("40")) throw new Error(`not joined: ${joined}`);
  return { sessionId, pendingPoll: exchange(port, sessionPath) };
}

function exchange(port: number, path: string, body?: string): Promise<string> {
  const method = body === undefined ? "GET" : "POST";
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: "127.0.0.1", port, path, method }, (response) => {
      const chunks: string[] = [];
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => chunks.push(chunk));
      response.on("end", () => resolve(chunks.join("")));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Forgets kept-alive connections. */
export function closePolling(): void {
  agent.destroy();
}
