// Every event between page and server.

export interface Message {
  readonly id: number;
  readonly name: string;
  readonly text: string;
}

export interface ServerToClient {
  /** What was said before, after each connection. */
  history: (messages: readonly Message[]) => void;
  /** To everyone, its writer included. */
  message: (message: Message) => void;
}

export interface ClientToServer {
  /** The answer says what is wrong with the text; nothing, if it was said. */
  say: (text: string, done: (fault?: string) => void) => void;
}
