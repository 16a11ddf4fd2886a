import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy that can stop forwarding while its connections stay open: a half-open network. */
export class FlakyProxy {
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #isStalled = false;

  constructor(targetPort: number) {
    this.#server = createServer((client) => {
      const target = connect(targetPort, "127.0.0.1");
      this.#forward(client, target);
      this.#forward(target, client);
    });
  }

  static async start(targetPort: number): Promise<FlakyProxy> {
    const proxy = new FlakyProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
    return address.port;
  }

  /** From here on nothing is forwarded, and nothing closed. */
  stall(): void {
    this.#isStalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on("data", (piece) => {
      if (!this.#isStalled) to.write(piece);
    });
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      if (!this.#isStalled) to.destroy();
    });
  }
}
