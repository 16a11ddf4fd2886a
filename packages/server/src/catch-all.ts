import { guard, type Report } from "@tautline/events/guard";
import type { CatchAllListener } from "@tautline/events/types";

/** Listeners of every event in one direction, called with its name and arguments. */
export class CatchAll {
  /** The live list, which programs may look at. */
  readonly list: CatchAllListener[] = [];

  add(listener: CatchAllListener): void {
    requireListener(listener);
    this.list.push(listener);
  }

  prepend(listener: CatchAllListener): void {
    requireListener(listener);
    this.list.unshift(listener);
  }

  /** Removes the first such listener; all of them without argument. */
  remove(listener: CatchAllListener | undefined): void {
    if (listener === undefined) {
      this.list.length = 0;
      return;
    }
    const at = this.list.indexOf(listener);
    if (at >= 0) this.list.splice(at, 1);
  }

  /** Calls the listeners as they are now. What one of them throws keeps nothing from the others. */
  call(self: unknown, event: readonly unknown[], report: Report): void {
    for (const listener of [...this.list]) guard(report, () => Reflect.apply(listener, self, event));
  }
}

/** Called at the first event, where the program would not find the mistake, anything else would fail. */
function requireListener(listener: unknown): void {
  if (typeof listener === "function") return;
  throw new TypeError(`a catch-all listener must be a function, not ${typeof listener}`);
}
