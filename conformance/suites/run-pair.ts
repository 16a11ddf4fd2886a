import { describe } from "vitest";
import { missing } from "../peers/availability.ts";
import { type ClientKind, type Mode, modes } from "../peers/client-peer.ts";
import { traitsOf } from "../peers/connect-client.ts";
import { type ServerKind, serverTraitsOf } from "../peers/server-peer.ts";
import { acknowledging } from "./acknowledging.ts";
import { binary } from "./binary.ts";
import { broadcasting } from "./broadcasting.ts";
import { compressing } from "./compressing.ts";
import { connecting, ordering } from "./connecting.ts";
import { losing } from "./losing.ts";
import { recovering } from "./recovering.ts";
import { setStage } from "./stage.ts";
import { upgrading } from "./upgrading.ts";

/** Runs every suite with one server and one client, over each of the modes. */
export function runPair(server: ServerKind, client: ClientKind, over: readonly Mode[] = modes): void {
  const reason = missing(server) ?? missing(client);
  if (reason !== undefined) {
    console.warn(`skipped: ${client} with ${server}: ${reason}`);
    describe.skip(`${client} with ${server}: ${reason}`);
    return;
  }
  for (const mode of over) {
    describe(`${client} with ${server}, ${mode}`, () => {
      const pair = { server, client, mode };
      describe("sharing a server", () => {
        const stage = setStage(pair, { maxHttpBufferSize: 4_000_000 });
        connecting(stage);
        ordering(stage);
        binary(stage);
        acknowledging(stage);
        broadcasting(stage);
        if (mode === "upgraded") upgrading(stage);
      });
      losing(pair);
      if (mode === "websocket") compressing(pair);
      if (serverTraitsOf[server].hasRecovery && traitsOf[client].recovers) recovering(pair);
    });
  }
}
