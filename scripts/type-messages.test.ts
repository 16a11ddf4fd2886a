// What the compiler says to a program that uses its typed events wrongly: the message must name what is wrong, and
// what would be right.

import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "./parts.mjs";

const folder = join(root, "packages/server/src");
const fileName = join(folder, "program.ts");

const declarations = `
import type { Server, Socket } from "./index.ts";
interface ServerToClient {
  noArg: () => void;
  chat: (message: { id: number; text: string }) => void;
  ask: (question: string, ack: (answer: number) => void) => void;
}
interface ClientToServer {
  hello: (name: string, ack: (greeting: string) => void) => void;
}
interface InterServer {
  count: (room: string, ack: (members: number) => void) => void;
}
declare const io: Server<ClientToServer, ServerToClient, InterServer, { user: string }>;
declare const socket: Socket<ClientToServer, ServerToClient, InterServer, { user: string }>;
`;

const mistakes: readonly (readonly [mistake: string, line: string, message: string])[] = [
  [
    "an event with a misspelt name",
    `socket.emit("caht", { id: 1, text: "" });`,
    `Argument of type '"caht"' is not assignable to parameter of type '"noArg" | "chat" | "ask"'.`,
  ],
  [
    "an argument of another type",
    `socket.emit("chat", { id: "1", text: "" });`,
    "Type 'string' is not assignable to type 'number'.",
  ],
  ["a missing argument", `socket.emit("ask", "why");`, "Expected 3 arguments, but got 2."],
  [
    "a listener of an event that no client sends",
    `socket.on("hallo", () => {});`,
    `Argument of type '"hallo"' is not assignable to parameter of type '"disconnect" | "disconnecting" | "error" | "hello"'.`,
  ],
  [
    "a listener of an event that no server sends",
    `io.on("cuont", () => {});`,
    `Argument of type '"cuont"' is not assignable to parameter of type 'ServerEventName | "count"'.`,
  ],
  [
    "a broadcast with an acknowledgement but without a timeout",
    `io.emit("ask", "why", () => {});`,
    `Argument of type '"ask"' is not assignable to parameter of type '"noArg" | "chat"'.`,
  ],
  [
    "an awaited broadcast without a timeout",
    `io.to("room").emitWithAck("ask", "why");`,
    `Argument of type 'string' is not assignable to parameter of type 'Hint<"answers of a broadcast are awaited for a limited time: call timeout(ms) before emitWithAck()">'.`,
  ],
  [
    "an awaited broadcast of the server without a timeout",
    `io.emitWithAck("ask", "why");`,
    `Argument of type 'string' is not assignable to parameter of type 'Hint<"answers of a broadcast are awaited for a limited time: call timeout(ms) before emitWithAck()">'.`,
  ],
  [
    "an awaited event that has no acknowledgement",
    `socket.emitWithAck("noArg");`,
    `Argument of type 'string' is not assignable to parameter of type 'Hint<"this event takes no acknowledgement: send it with emit()">'.`,
  ],
  [
    "data that was not declared",
    "socket.data.usr;",
    "Property 'usr' does not exist on type '{ user: string; }'. Did you mean 'user'?",
  ],
  [
    "a refusal that is no error",
    `io.use((_socket, next) => next("no"));`,
    "Argument of type 'string' is not assignable to parameter of type 'ExtendedError'.",
  ],
];

describe("the message of the compiler", () => {
  const program = compile(declarations + mistakes.map(([, line]) => line).join("\n"));
  const firstLine = declarations.split("\n").length - 1;

  for (const [index, [mistake, , message]] of mistakes.entries()) {
    it(`is readable for ${mistake}`, () => {
      expect(sortUnions(program.get(firstLine + index))).toBe(sortUnions(message));
    });
  }
});

/** The first line of the error on each line of a program. */
function compile(text: string): Map<number, string> {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(folder, "../tsconfig.json"),
    { noEmit: true },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => {},
    },
  );
  const options = { ...config?.options, incremental: false, noUnusedLocals: false };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === fileName || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === fileName
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022)
      : getSourceFile(name, ...rest);
  const messages = new Map<number, string>();
  const program = ts.createProgram([fileName], options, host);
  for (const { start = 0, messageText } of program.getSemanticDiagnostics(program.getSourceFile(fileName))) {
    const line = text.slice(0, start).split("\n").length - 1;
    messages.set(line, typeof messageText === "string" ? messageText : messageText.messageText);
  }
  return messages;
}

/** The compiler lists the members of a union in the order in which it met them. */
function sortUnions(message = ""): string {
  return message.replace(/\S+( \| \S+)+/g, (union) => {
    const [, open, members, close] = /^('?)(.*?)('?\.?)$/.exec(union) ?? [];
    return `${open}${members?.split(" | ").sort().join(" | ")}${close}`;
  });
}
