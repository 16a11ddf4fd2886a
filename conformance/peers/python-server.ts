import { within } from "../wire/deadline.ts";
import { PYTHON, pathOf } from "./availability.ts";
import { startJsonChild } from "./child-process.ts";
import type { ServerPeer, ServerPeerOptions } from "./server-peer.ts";

/** Starts a python-socketio server on aiohttp, with its port of the application, in a process of its own. */
export async function startPythonServer(options: ServerPeerOptions): Promise<ServerPeer> {
  let tellPort: (port: number) => void = () => {};
  const told = new Promise<number>((resolve) => {
    tellPort = resolve;
  });
  const args = ["-u", pathOf("python/server.py"), JSON.stringify(options)];
  const child = await startJsonChild(PYTHON, args, (message) => tellPort(Number(message.port)));
  const port = await within(told, "port of the Python server");
  return {
    kind: "python-socketio",
    port,
    url: `http://127.0.0.1:${port}`,
    close: () => child.stop(),
  };
}
