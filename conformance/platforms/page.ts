// Runs in a page: starts the exchange in the page itself or in a worker.

import { io } from "../../packages/client/src/browser.ts";
import { type ExchangePlan, exchange } from "./exchange.ts";

/** Where in a browser a client may live. */
export type Place =
  | "page"
  | "page with the stock bundle"
  | "dedicated worker"
  | "module worker"
  | "blob worker"
  | "shared worker"
  | "service worker";

type Notes = readonly string[];

interface Port {
  postMessage(plan: ExchangePlan): void;
}

const runners: Readonly<Record<Place, (plan: ExchangePlan) => Promise<Notes>>> = {
  page: (plan) => exchange(io, plan),
  // The script tag of the stock bundle has set this global.
  "page with the stock bundle": (plan) => exchange(Reflect.get(globalThis, "io"), plan),
  "dedicated worker": (plan) => runInWorker(new Worker("/classic-worker.js"), plan),
  "module worker": (plan) => runInWorker(new Worker("/module-worker.js", { type: "module" }), plan),
  "blob worker": async (plan) => {
    const script = await (await fetch("/classic-worker.js")).blob();
    return runInWorker(new Worker(URL.createObjectURL(script)), plan);
  },
  "shared worker": (plan) => {
    const worker = new SharedWorker("/shared-worker.js");
    worker.port.start();
    return answerOf(worker, worker.port, worker.port, plan);
  },
  "service worker": async (plan) => {
    await navigator.serviceWorker.register("/service-worker.js");
    const { active } = await navigator.serviceWorker.ready;
    if (!active) throw new Error("no active service worker");
    navigator.serviceWorker.startMessages();
    return answerOf(active, navigator.serviceWorker, active, plan);
  },
};

Reflect.set(globalThis, "runIn", (place: Place, plan: ExchangePlan) =>
  runners[place](plan).catch((error: unknown) => [String(error)]),
);

async function runInWorker(worker: Worker, plan: ExchangePlan): Promise<Notes> {
  const notes = await answerOf(worker, worker, worker, plan);
  worker.terminate();
  return notes;
}

function answerOf(source: EventTarget, inbox: EventTarget, port: Port, plan: ExchangePlan): Promise<Notes> {
  return new Promise((resolve, reject) => {
    source.addEventListener("error", (event) => reject(new Error(String(Reflect.get(event, "message")))));
    inbox.addEventListener("message", (event) => resolve(Reflect.get(event, "data")), { once: true });
    port.postMessage(plan);
  });
}
