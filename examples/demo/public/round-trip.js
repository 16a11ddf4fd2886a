// Measures how long an event and its acknowledgement take, and draws the latest.

const EVERY_MS = 1_000;
const GIVE_UP_MS = 5_000;
const KEPT = 30;
const WIDTH = 240;
const HEIGHT = 44;
/** The chart shows at least this much, so that it does not magnify noise; a rare spike may leave it. */
const LEAST_SCALE_MS = 4;

const output = document.querySelector("#rtt");
const linePath = document.querySelector("#rtt-chart .line");
const areaPath = document.querySelector("#rtt-chart .area");

/** Begins to measure; `onMeasure` receives milliseconds, or `undefined` while there is no connection. */
export function measureRoundTrip(socket, onMeasure) {
  const measured = [];
  const measure = async () => {
    const roundTripMs = socket.connected ? await ping(socket) : undefined;
    if (roundTripMs === undefined) {
      output.textContent = "–";
    } else {
      measured.push(roundTripMs);
      if (measured.length > KEPT) measured.shift();
      output.textContent = format(roundTripMs);
      draw(measured);
    }
    onMeasure(roundTripMs);
    setTimeout(measure, EVERY_MS);
  };
  socket.once("connect", measure);
}

export function format(roundTripMs) {
  return roundTripMs.toFixed(roundTripMs < 10 ? 1 : 0);
}

async function ping(socket) {
  const sentAt = performance.now();
  try {
    await socket.timeout(GIVE_UP_MS).emitWithAck("chat:ping");
    return performance.now() - sentAt;
  } catch {
    return undefined;
  }
}

function draw(measured) {
  const median = [...measured].sort((a, b) => a - b)[Math.floor(measured.length / 2)];
  const top = Math.max(LEAST_SCALE_MS, median * 3);
  const step = WIDTH / (KEPT - 1);
  const first = WIDTH - (measured.length - 1) * step;
  const points = measured.map(
    (value, index) => `${first + index * step} ${HEIGHT - Math.min(1, value / top) * (HEIGHT - 2)}`,
  );
  linePath.setAttribute("d", `M${points.join("L")}`);
  areaPath.setAttribute("d", `M${first} ${HEIGHT}L${points.join("L")}L${WIDTH} ${HEIGHT}Z`);
}
