import { expect, it } from "vitest";
import { soak } from "./soak.ts";

const CONNECTIONS = 1_000;
/** Of growth for one connection; a session that stays costs some 8,000 and more. */
const BYTES_PER_CONNECTION = 1_000;
/** What caches, and code that is compiled later, may take. */
const SLACK_BYTES = 3_000_000;

it("forgets 1,000 hostile connections: handles, listeners, sessions, rooms, namespaces and memory (SEC §6)", async () => {
  const { before, after } = await soak(CONNECTIONS);
  expect(after).toMatchObject({ sessions: 0, sockets: 0, rooms: 0, namespaces: 1 });
  expect(after.listeners).toBe(before.listeners);
  expect(after.resources).toBeLessThanOrEqual(before.resources);
  expect(after.heapBytes - before.heapBytes).toBeLessThan(CONNECTIONS * BYTES_PER_CONNECTION + SLACK_BYTES);
  // One life in so many has a listener that throws.
  expect(after.errors).toBeGreaterThan(before.errors);
}, 120_000);
