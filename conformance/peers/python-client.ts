import { PYTHON, pathOf } from "./availability.ts";
import { type JsonChild, startJsonChild } from "./child-process.ts";
import type { ClientPeer, ClientPeerOptions, ClientTraits } from "./client-peer.ts";
import { RemoteClients } from "./remote-client.ts";

// Clients of python-socketio: all of a test file live in one child process, started with the first.

interface PythonHome {
  readonly clients: RemoteClients;
  readonly child: JsonChild;
}

let home: Promise<PythonHome> | undefined;

export async function connectPythonClient(
  traits: ClientTraits,
  url: string,
  options: ClientPeerOptions,
): Promise<ClientPeer> {
  home ??= start();
  return (await home).clients.connect("python-socketio", traits, url, options);
}

/** Ends the process of the Python clients, if one was started. */
export async function stopPythonClients(): Promise<void> {
  const running = home;
  home = undefined;
  await (await running)?.child.stop();
}

async function start(): Promise<PythonHome> {
  const outbox: { child?: JsonChild } = {};
  const clients = new RemoteClients({ send: (command) => outbox.child?.send(command) });
  const child = await startJsonChild(PYTHON, ["-u", pathOf("python/client.py")], (report) =>
    clients.onReport(report),
  );
  outbox.child = child;
  return { clients, child };
}
