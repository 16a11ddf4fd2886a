// How long and how large a run is.

export interface Scale {
  readonly warmupMs: number;
  readonly measureMs: number;
  readonly echoClients: number;
  readonly receivers: number;
  /** Connections opened while they are measured; a third as many warm the server up. */
  readonly handshakes: number;
  readonly idleConnections: number;
}

export const FULL: Scale = {
  warmupMs: 2_000,
  measureMs: 4_000,
  echoClients: 200,
  receivers: 1_000,
  handshakes: 3_000,
  idleConnections: 5_000,
};

export const QUICK: Scale = {
  warmupMs: 700,
  measureMs: 1_200,
  echoClients: 200,
  receivers: 1_000,
  handshakes: 900,
  idleConnections: 2_000,
};

/** Shows that everything runs; its figures say nothing. */
export const SHORT: Scale = {
  warmupMs: 20,
  measureMs: 100,
  echoClients: 10,
  receivers: 20,
  handshakes: 30,
  idleConnections: 30,
};

const FILES_BESIDE_CONNECTIONS = 256;

/** The scale with no more connections than one process may hold open, warm-up included. */
export function withinFileLimit(scale: Scale, openFiles: number = softFileLimit()): Scale {
  const most = Math.floor(((openFiles - FILES_BESIDE_CONNECTIONS) * 3) / 4);
  if (most < 100) throw new Error(`the limit of ${openFiles} open files is too low; raise it with ulimit -n`);
  return {
    ...scale,
    receivers: Math.min(scale.receivers, most),
    handshakes: Math.min(scale.handshakes, most),
    idleConnections: Math.min(scale.idleConnections, most),
  };
}

function softFileLimit(): number {
  const report: unknown = process.report.getReport();
  const soft = member(member(member(report, "userLimits"), "open_files"), "soft");
  return typeof soft === "number" ? soft : Number.MAX_SAFE_INTEGER;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
