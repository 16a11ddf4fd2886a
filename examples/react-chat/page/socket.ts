import type { Socket } from "@tautline/client";
import { createSocketContext } from "@tautline/client/react";
import type { ClientToServer, ServerToClient } from "../events.ts";

// The types of all events come from here.
export const { SocketProvider, useSocket } = createSocketContext<Socket<ServerToClient, ClientToServer>>();
