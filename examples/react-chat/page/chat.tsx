import { type Connection, useConnection, useEmitWithAck, useEvent } from "@tautline/client/react";
import { useState } from "react";
import type { Message } from "../events.ts";
import { LineForm } from "./line-form.tsx";
import { useSocket } from "./socket.ts";

export function Chat({ onLeave }: { readonly onLeave: () => void }) {
  const socket = useSocket();
  const connection = useConnection(socket);
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const say = useEmitWithAck(socket, "say");

  // After a reconnection too, so that nothing that was said meanwhile is missing.
  useEvent(socket, "history", setMessages);
  useEvent(socket, "message", (message) => setMessages((before) => [...before, message]));

  return (
    <>
      <header>
        <h1>Chat in React</h1>
        <p className={`state ${connection.status}`} role="status">
          {tellState(connection)}
        </p>
        <button type="button" onClick={onLeave}>
          Leave
        </button>
      </header>
      <ol className="log card" aria-label="Messages">
        {messages.map(({ id, name, text }) => (
          <li key={id}>
            <b>{name}</b> {text}
          </li>
        ))}
      </ol>
      {/* Without a connection the message waits, and is sent when there is one again. */}
      <LineForm label="Message" action={say.status === "pending" ? "Sending …" : "Send"} onLine={say.emit} />
      <p className="error" role="alert">
        {say.answer ?? say.error?.message}
      </p>
    </>
  );
}

function tellState({ status, attempt, error, transport }: Connection): string {
  switch (status) {
    case "connected":
      return `connected by ${transport}`;
    case "reconnecting":
      return `reconnecting, attempt ${attempt}`;
    case "disconnected":
      return error?.message ?? "not connected";
    case "connecting":
      return "connecting";
  }
}
