import type { Program, ProgramStage } from "../program.ts";

/** What a client may write once it is in `/`, each with a word on what is odd about it. */
const said: readonly (readonly [what: string, ...messages: readonly (string | Buffer)[]])[] = [
  ["an event", '2["x",1]'],
  ["an event without payload", "2"],
  ["an event whose payload is no list", '2{"a":1}'],
  ["an event whose payload is text", '2"x"'],
  ["an event without name", "2[]"],
  ["an event named by a number", "2[7,1]"],
  ["an event named by null", "2[null]"],
  ["an event named by a list", '2[["x"]]'],
  ["a reserved event", '2["disconnect"]'],
  ["another reserved event", '2["newListener","x"]'],
  ["an event named error", '2["error",1]'],
  ["an event named connection", '2["connection",1]'],
  ["an event with an id", '212["ask"]'],
  ["an event with id 0", '20["ask"]'],
  ["an event with leading zeros in its id", '2007["ask"]'],
  ["a long id", '2123456789012345678901["ask"]'],
  ["an event for the main namespace, in full", '2/,["x",1]'],
  ["an event for a namespace that is not joined", '2/other,["x"]'],
  ["an event for a namespace with a query", '2/?a=b,["x"]'],
  ["JSON that is none", '2["x"'],
  ["JSON with something behind it", '2["x"]]'],
  ["a packet of type 7", '7["x"]'],
  ["a packet of a type that is no digit", "x"],
  ["an empty message", ""],
  ["a DISCONNECT", "1"],
  ["a DISCONNECT with a payload", "1{}"],
  ["a DISCONNECT with an id", "15"],
  ["a DISCONNECT for a namespace that is not joined", "1/other,"],
  ["a CONNECT, again", "0"],
  ["a CONNECT with a list", "0/other,[]"],
  ["a CONNECT with text", '0/other,"a"'],
  ["a CONNECT with null", "0/other,null"],
  ["a CONNECT with a number", "0/other,5"],
  ["a CONNECT without comma", "0/other"],
  ["a CONNECT with auth", '0/other,{"token":[1]}'],
  ["a CONNECT with __proto__", '0/other,{"__proto__":{"admin":true}}'],
  ["a CONNECT for an unknown namespace", "0/unknown,"],
  ["a CONNECT with an id", "0/other,3"],
  ["a CONNECT_ERROR", '4{"message":"no"}'],
  ["a CONNECT_ERROR with text", '4"no"'],
  ["an ACK of an unknown id", "399[1]"],
  ["an ACK without id", "3[1]"],
  ["an ACK without payload", "31"],
  ["an ACK whose payload is no list", '31{"a":1}'],
  ["binary out of nowhere", Buffer.from([1, 2])],
  ["a binary event", '51-["x",{"_placeholder":true,"num":0}]', Buffer.from([1, 2])],
  ["a binary event without attachments", '50-["x"]'],
  ["a binary event without a count", '5["x"]'],
  ["a binary event with half a count", '51["x"]'],
  ["a binary event with a fraction of attachments", '51.5-["x"]'],
  ["a binary event with a negative count", '5-1-["x"]'],
  ["a binary event with too many attachments", '511-["x"]'],
  ["a binary event with an unknown placeholder", '51-["x",{"_placeholder":true,"num":9}]', Buffer.from([1])],
  [
    "a binary event with a placeholder of no number",
    '51-["x",{"_placeholder":true,"num":"0"}]',
    Buffer.from([1]),
  ],
  ["a binary event without placeholder", '51-["x",1]', Buffer.from([1])],
  ["text in a binary event", '51-["x",{"_placeholder":true,"num":0}]', '2["x"]'],
  ["a binary event with an id", '51-8["ask",{"_placeholder":true,"num":0}]', Buffer.from([5])],
  ["a binary ACK", '61-8[{"_placeholder":true,"num":0}]', Buffer.from([5])],
  ["a binary event that is never completed", '51-["x",{"_placeholder":true,"num":0}]'],
];

/** What ends the socket, behind which nothing is said any more. */
function isLast(message: string | Buffer | undefined): boolean {
  return message === "1" || message === "15";
}

/** Sends the messages in the main namespace, and notes what the program and the client are told. */
async function say(
  { io, note, session, until }: ProgramStage,
  what: string,
  texts: readonly (string | Buffer)[],
) {
  const client = await session();
  let isGreeted = false;
  let isOver = false;
  client.on("message", (message) => {
    if (message.startsWith?.('0{"sid"')) isGreeted = true;
    if (message === '2["end"]') isOver = true;
    else note("client", what, message);
  });
  client.on("close", () => {
    isOver = true;
  });
  client.send("0");
  await until(() => isGreeted);
  const [socket] = io.sockets.sockets.values();
  const { conn } = socket ?? {};
  socket?.onAny((event, ...args) => {
    note("server", what, typeof event, event, args);
    if (event === "ask") args.at(-1)("answer");
  });
  socket?.on("error", (error) => note("error", what, error));
  // Which of the two it is depends on whether a poll was pending (S13).
  socket?.on("disconnect", (reason) =>
    note("server", what, reason.replace("forced server close", "forced close")),
  );
  for (const text of texts) client.send(text);
  if (!isLast(texts[0])) client.send('2["end"]');
  // Behind all that is answered.
  socket?.on("end", () => conn?.write('2["end"]'));
  const left = () => conn?.readyState !== "open" || socket?.disconnected === true;
  await until(() => isOver || left());
  client.close();
  await until(() => io.engine.clientsCount === 0);
}

const repairs: Readonly<Record<string, Program["repairs"]>> = {
  "a long id": {
    quirk: "an id that is answered by another one",
    transcript: {
      client: ['a long id 0{"sid":"id1"}'],
      error: ["a long id <Error: invalid payload>"],
      server: ["a long id forced close"],
    },
  },
  "an empty message": {
    quirk: "an error of the decoder itself",
    transcript: {
      client: ['an empty message 0{"sid":"id1"}'],
      error: ["an empty message <Error: Unknown type: undefined>"],
      server: ["an empty message forced close"],
    },
  },
};

/** server.md §7.1, §23; protocol.md §27, §35. */
export const messages: readonly Program[] = said.map(([what, ...texts]) => ({
  name: `§7.1: is sent ${what}`,
  ...(repairs[what] && { repairs: repairs[what] }),
  async run(stage) {
    stage.io.of("/other").on("connection", ({ handshake }) => stage.note("other", handshake.auth));
    await say(stage, what, texts);
  },
}));
