// The whole page: a name, then the chat. The provider owns the socket: another name, another socket.

import { io } from "@tautline/client";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { Chat } from "./chat.tsx";
import { LineForm } from "./line-form.tsx";
import { SocketProvider } from "./socket.ts";

function App() {
  const [name, setName] = useState<string>();
  if (name === undefined) {
    return <LineForm label="What is your name?" action="Join the chat" onLine={setName} />;
  }
  return (
    <SocketProvider key={name} create={() => io({ auth: { name }, autoConnect: false })}>
      <Chat onLeave={() => setName(undefined)} />
    </SocketProvider>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
