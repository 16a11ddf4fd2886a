/** Resolves once `condition` holds, looked at each turn of the event loop; rejects after five seconds. */
export async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`still waiting for ${condition.toString()}`);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Lets the event loop turn `turns` times: what was going to happen without waiting has happened. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
