import type { CatchAllListener } from "@tautline/events/types";

/** Listeners of every event in one direction, called with its name and arguments. */
export class CatchAll {
  /** The live list, which programs may look at. */
  readonly list: CatchAllListener[] = [];

  add(listener: CatchAllListener): void {
    this.list.push(listener);
  }

  prepend(listener: CatchAllListener): void {
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

  /** Calls the listeners as they are now. */
  call(self: unknown, [event, ...args]: readonly unknown[]): void {
    for (const listener of [...this.list]) listener.call(self, String(event), ...args);
  }
}
