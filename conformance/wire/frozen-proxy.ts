import net from "node:net";

/** A TCP proxy that can stop forwarding while every connection stays open: the half-open network. */
export interface FrozenProxy {
  readonly url: string;
  /** From here on nothing passes, in either direction, and nobody is told. */
  freeze(): void;
  /** Connections made from here on are forwarded again; those that were frozen stay dead. */
  thaw(): void;
  /** Ends every connection abruptly. */
  cut(): void;
  /** Cuts, and refuses new connections until `thaw`. */
  sever(): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1 in front of `targetUrl`. */
export async function startProxy(targetUrl: string): Promise<FrozenProxy> {
  const target = new URL(targetUrl);
  const pairs = new Set<[net.Socket, net.Socket]>();
  let isFrozen = false;
  let isSevered = false;
  const server = net.createServer((near) => {
    if (isSevered) {
      near.destroy();
      return;
    }
    if (isFrozen) {
      pairs.add([near, near]);
      near.on("error", () => near.destroy());
      return;
    }
    const far = net.connect(Number(target.port), target.hostname);
    pairs.add([near, far]);
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    freeze: () => {
      isFrozen = true;
      for (const pair of pairs) {
        for (const socket of pair) {
          socket.unpipe();
          socket.pause();
        }
      }
    },
    thaw: () => {
      isFrozen = false;
      isSevered = false;
    },
    sever: () => {
      isSevered = true;
      destroyAll(pairs);
    },
    cut: () => destroyAll(pairs),
    close: () => {
      destroyAll(pairs);
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function join(from: net.Socket, to: net.Socket): void {
  from.pipe(to);
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}

function destroyAll(pairs: Set<[net.Socket, net.Socket]>): void {
  for (const [near, far] of pairs) {
    near.destroy();
    far.destroy();
  }
  pairs.clear();
}
