// Shows the state of the connection: the pill at the top, the transport, the countdown, what happened.

import { RECONNECT_AFTER_MS } from "./connection.js";
import { format } from "./round-trip.js";

const KEPT_HAPPENINGS = 40;

const panel = document.querySelector("#panel");
const toggle = document.querySelector("#panel-toggle");
const pillText = document.querySelector("#pill-text");
const statusLine = document.querySelector("#status");
const steps = document.querySelectorAll("#steps li");
const cutButton = document.querySelector("#cut");
const reconnectButton = document.querySelector("#reconnect");
const happenings = document.querySelector("#happenings");
const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const isAlwaysOpen = matchMedia("(min-width: 1080px)");

export function createLinkPanel({ onCut, onReconnect }) {
  let status = { state: "connecting" };
  let countdown;

  const drawPill = (detail) => {
    const what = status.state === "connected" ? status.transport : status.state;
    pillText.textContent = detail === undefined ? what : `${what} · ${detail}`;
  };
  const setOpen = letToggle();

  cutButton.addEventListener("click", onCut);
  reconnectButton.addEventListener("click", onReconnect);

  return {
    showStatus(next) {
      clearInterval(countdown);
      status = next;
      toggle.dataset.state = next.state;
      drawPill();
      for (const step of steps) {
        if (step.dataset.transport === next.transport) step.setAttribute("aria-current", "step");
        else step.removeAttribute("aria-current");
      }
      showButtons(next.state === "connected");
      if (next.state === "offline" && next.refusal === undefined) countdown = countDown(drawPill);
      else statusLine.textContent = describe(next);
    },
    showRoundTrip(roundTripMs) {
      if (status.state === "connected") drawPill(roundTripMs && `${format(roundTripMs)} ms`);
    },
    /** Clears the view of the chat; true if the panel stood in its way. */
    close() {
      const stoodInTheWay = panel.classList.contains("open") && !isAlwaysOpen.matches;
      setOpen(false);
      return stoodInTheWay;
    },
    addHappening(text) {
      const item = document.createElement("li");
      const time = document.createElement("time");
      time.textContent = clock.format(new Date());
      item.append(time, text);
      happenings.prepend(item);
      if (happenings.children.length > KEPT_HAPPENINGS) happenings.lastChild.remove();
    },
  };
}

function describe({ state, transport, refusal }) {
  if (refusal !== undefined) return `The server refused: ${refusal}.`;
  return state === "connected" ? `Connected by ${transport}.` : "Connecting…";
}

/** Shows the seconds that are left, in parts of the page that readers skip: they are told once. */
function countDown(drawPill) {
  const until = performance.now() + RECONNECT_AFTER_MS;
  const seconds = document.createElement("span");
  seconds.setAttribute("aria-hidden", "true");
  const draw = () => {
    // No-break space: a number stays with its unit.
    const left = `${Math.max(0, Math.ceil((until - performance.now()) / 1_000))}\u00a0s`;
    seconds.textContent = ` in ${left}`;
    drawPill(left);
  };
  draw();
  statusLine.replaceChildren("Offline. Reconnecting", seconds, ".");
  return setInterval(draw, 250);
}

function showButtons(isConnected) {
  const hadFocus = document.activeElement === cutButton || document.activeElement === reconnectButton;
  cutButton.disabled = false;
  cutButton.hidden = !isConnected;
  reconnectButton.hidden = isConnected;
  // The button under the user's finger was replaced: its successor takes the focus.
  if (hadFocus) (isConnected ? cutButton : reconnectButton).focus();
}

/** Lets the button open and close the panel where there is no room for it; returns the setter. */
function letToggle() {
  const setOpen = (isOpen) => {
    panel.classList.toggle("open", isOpen);
    toggle.setAttribute("aria-expanded", String(isOpen));
  };
  const adapt = () => {
    toggle.inert = isAlwaysOpen.matches;
  };
  toggle.addEventListener("click", () => setOpen(!panel.classList.contains("open")));
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !panel.classList.contains("open") || isAlwaysOpen.matches) return;
    setOpen(false);
    toggle.focus();
  });
  isAlwaysOpen.addEventListener("change", adapt);
  adapt();
  return setOpen;
}
