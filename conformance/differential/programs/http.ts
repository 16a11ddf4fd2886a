import { type Answer, type RequestLine, request } from "../../wire/http.ts";
import type { Program, ProgramStage } from "../program.ts";

type Options = NonNullable<Program["options"]>;

const origin = "https://app.example";
const handshake = "/socket.io/?EIO=4&transport=polling";
const requests: readonly (readonly [path: string, line: RequestLine])[] = [
  [handshake, {}],
  [handshake, { headers: { origin } }],
  [handshake, { headers: { origin: "https://evil.example" } }],
  [
    handshake,
    {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-mine,content-type",
      },
    },
  ],
  ["/socket.io/?EIO=4&transport=carrier", { headers: { origin } }],
  ["/socket.io/?EIO=4&transport=polling&sid=nobody", { headers: { origin } }],
  ["/socket.io/?EIO=3&transport=polling", {}],
  [handshake, { method: "PUT", headers: { origin } }],
  ["/socket.io/", {}],
  ["/socket.iox/?EIO=4&transport=polling", {}],
];

/** The same requests under other options: what is answered, header by header. */
function answers(name: string, options: Options): Program {
  return {
    name: `${name}, it is answered the same`,
    options,
    async run(stage) {
      for (const [path, line] of requests) {
        noteAnswer(stage, `${line.method ?? "GET"} ${path}`, await request(`${stage.url}${path}`, line));
      }
    },
  };
}

function noteAnswer({ note }: ProgramStage, title: string, { status, headers, text }: Answer): void {
  const { date: _date, connection: _connection, "keep-alive": _keepAlive, ...rest } = headers;
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  note("client", title, status, Object.fromEntries(sorted), text.replace(/"sid":"[^"]+"/, '"sid":"…"'));
}

/** server.md §3.2, §18, §20; protocol.md §6–§9. */
export const http: readonly Program[] = [
  answers("§3: without options", {}),
  answers("§18: with any origin", { cors: { origin: "*" } }),
  answers("§18: with one origin", { cors: { origin } }),
  answers("§18: with the origin that asks", { cors: { origin: true, credentials: true } }),
  answers("§18: with no origin", { cors: { origin: false } }),
  answers("§18: with a pattern of origins", { cors: { origin: /\.example$/ } }),
  answers("§18: with a list of origins", { cors: { origin: [origin, /^https:\/\/b/] } }),
  answers("§18: with a function of the origin", {
    cors: { origin: (asking, done) => done(null, asking === origin) },
  }),
  answers("§18: with every other option of cors", {
    cors: {
      origin,
      methods: ["GET", "POST"],
      allowedHeaders: ["x-mine"],
      exposedHeaders: ["x-seen", "x-heard"],
      maxAge: 60,
      optionsSuccessStatus: 200,
    },
  }),
  answers("§18: with a function of the request", {
    cors: (req: { headers: Record<string, string> }, done: (error: null, options: object) => void) =>
      done(null, { origin: req.headers.origin === origin }),
  } as Options),
  answers("§3.2: with a cookie", { cookie: true } as unknown as Options),
  answers("§3.2: with a cookie of its own", {
    cookie: { name: "mine", path: "/p", httpOnly: false, sameSite: "strict", maxAge: 60 },
  }),
  answers("§3.2: on another path", { path: "/socket.iox" }),
  answers("§3.2: without the trailing slash", { addTrailingSlash: false }),
  answers("§3.2: over WebSocket alone", { transports: ["websocket"] }),
  answers("§3.2: with other times", { pingInterval: 100, pingTimeout: 200, maxHttpBufferSize: 5 }),
  answers("§3.2: without upgrades", { allowUpgrades: false }),
  answers("§3.2: with an initial packet", { initialPacket: "hello" } as Options),
  answers("§19: with clients of version 2", { allowEIO3: true }),
  answers("§3.2: when requests are refused", { allowRequest: (_req, done) => done("not now", false) }),
  answers("§3.2: when requests are refused without a word", {
    allowRequest: (_req, done) => done(null, false),
  }),
];
