import type { ClientHandler, UpgradeResponse } from "../connect.ts";
import type { Connection } from "../connection.ts";
import { RecordingHandler } from "./recording-handler.ts";

/** A client's handler that writes down each call, and keeps what it was given when it opened. */
export class RecordingClient extends RecordingHandler implements ClientHandler {
  connection: Connection | undefined = undefined;
  response: UpgradeResponse | undefined = undefined;

  onOpen(connection: Connection, response: UpgradeResponse): void {
    this.connection = connection;
    this.response = response;
  }
}
