import { io, type Socket } from "@tautline/client";
import {
  createSocketContext,
  useConnection,
  useEmitWithAck,
  useEvent,
  useOwnSocket,
} from "@tautline/client/react";
import { Activity, type ReactElement, StrictMode, useState } from "react";
import type { ClientToServer, ServerToClient } from "./events.ts";

type PageSocket = Socket<ServerToClient, ClientToServer>;

const { SocketProvider, useSocket } = createSocketContext<PageSocket>();

function createSocket(): PageSocket {
  window.told.created += 1;
  const socket: PageSocket = io({ autoConnect: false, reconnectionDelay: 10, reconnectionDelayMax: 50 });
  window.told = { ...window.told, listeners: () => socket.listeners("news").length };
  return socket;
}

export function Page(): ReactElement {
  const [isThere, setThere] = useState(true);
  const [room, setRoom] = useState(1);
  const [isHidden, setHidden] = useState(false);
  return (
    <StrictMode>
      <button id="leave" type="button" onClick={() => setThere(!isThere)} />
      <button id="room" type="button" onClick={() => setRoom(room + 1)} />
      {isThere && (
        <SocketProvider create={createSocket}>
          <Status />
          <News />
          <Question />
        </SocketProvider>
      )}
      <button id="hide" type="button" onClick={() => setHidden(!isHidden)} />
      <Activity mode={isHidden ? "hidden" : "visible"}>
        <Room number={room} />
      </Activity>
    </StrictMode>
  );
}

function Status(): ReactElement {
  const { status, attempt, transport, error, connect, disconnect } = useConnection(useSocket());
  return (
    <p>
      <b id="status">{status}</b> <b id="attempt">{attempt}</b> <b id="transport">{transport ?? "none"}</b>
      <b id="error">{error?.message ?? "none"}</b>
      <button id="connect" type="button" onClick={connect} />
      <button id="disconnect" type="button" onClick={disconnect} />
    </p>
  );
}

function News(): ReactElement {
  const [titles, setTitles] = useState<string[]>([]);
  const [paper, setPaper] = useState("morning");
  // A closure over the state of the latest render.
  useEvent(useSocket(), "news", (title) => setTitles((before) => [...before, `${paper}: ${title}`]));
  return (
    <p>
      <button id="paper" type="button" onClick={() => setPaper("evening")} />
      <b id="news">{titles.join(", ")}</b>
    </p>
  );
}

function Question(): ReactElement {
  const [isAsking, setAsking] = useState(true);
  const { emit, reset, status, answer, error } = useEmitWithAck(useSocket(), "ask");
  return (
    <p>
      <button id="ask" type="button" onClick={() => emit("how many?")} />
      <button id="forget" type="button" onClick={reset} />
      <b id="answer">{`${status} ${answer ?? error?.message ?? ""}`}</b>
      <button id="stop" type="button" onClick={() => setAsking(false)} />
      {isAsking && <VainQuestion />}
    </p>
  );
}

function VainQuestion(): ReactElement {
  const asked = useEmitWithAck(useSocket(), "askInVain");
  const limited = useEmitWithAck(useSocket(), "askInVain", { timeout: 20 });
  const ask = (): Promise<unknown> =>
    asked.emitWithAck().catch((error: Error) => window.told.outcomes.push(error.name));
  return (
    <>
      <button id="ask-in-vain" type="button" onClick={ask} />
      <b id="vain">{asked.status}</b>
      <button id="ask-a-while" type="button" onClick={() => limited.emit()} />
      <b id="a-while">{`${limited.status} ${limited.error?.message ?? ""}`}</b>
    </>
  );
}

function Room({ number }: { readonly number: number }): ReactElement {
  const socket = useOwnSocket(() => io(`/room-${number}`, { autoConnect: false }), number);
  const { status } = useConnection(socket);
  return <b id="in-room">{status === "connected" ? socket?.nsp : "nowhere"}</b>;
}
