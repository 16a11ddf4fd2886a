import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { within } from "../wire/deadline.ts";
import type { RemoteMessage } from "./remote-client.ts";

/** A child that speaks JSON lines on its standard input and output. */
export interface JsonChild {
  send(message: RemoteMessage): void;
  /** Ends the child, by force if it does not go, and resolves once it is gone. */
  stop(): Promise<void>;
}

/** Starts `command` and hands each line that it prints to `onMessage`; resolves once it printed `{"ready": true}`. */
export async function startJsonChild(
  command: string,
  args: readonly string[],
  onMessage: (message: RemoteMessage) => void,
): Promise<JsonChild> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints = (complaints + chunk).slice(-4_000);
  });
  child.stdin.on("error", () => {});
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message: RemoteMessage = JSON.parse(line);
      if (message.ready === true) resolve();
      onMessage(message);
    });
    gone.then(() => reject(new Error(`${command} ended: ${complaints}`)));
  });
  await within(ready, `start of ${command} ${args.join(" ")}`);
  return {
    send: (message) => {
      child.stdin.write(`${JSON.stringify(message)}\n`);
    },
    stop: () => stop(child, gone),
  };
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await gone;
  clearTimeout(force);
}
