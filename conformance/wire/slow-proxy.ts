import net from "node:net";

/** A TCP proxy over which bytes pass slowly, in small pieces, in both directions. */
export interface SlowProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1 in front of `targetUrl`: `pieceBytes` every `everyMs`, per direction. */
export async function startSlowProxy(
  targetUrl: string,
  pieceBytes: number,
  everyMs: number,
): Promise<SlowProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ highWaterMark: pieceBytes }, (near) => {
    const far = net.connect({ port: Number(target.port), host: target.hostname });
    trickle(near, far, pieceBytes, everyMs);
    trickle(far, near, pieceBytes, everyMs);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function trickle(from: net.Socket, to: net.Socket, pieceBytes: number, everyMs: number): void {
  from.on("error", () => to.destroy());
  // Nothing is read ahead: what waits, waits at the sender.
  const timer = setInterval(() => {
    const piece = from.read(Math.min(pieceBytes, from.readableLength)) ?? from.read();
    if (piece !== null) to.write(piece);
    else if (from.readableEnded) to.end();
  }, everyMs);
  from.on("end", () => to.end());
  from.on("close", () => {
    clearInterval(timer);
    to.destroy();
  });
}
