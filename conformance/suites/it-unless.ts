import { it } from "vitest";

/** A test, or the printed reason why it does not run for these peers. */
export function itUnless(
  reason: string | undefined | false,
  name: string,
  test: () => Promise<void>,
  timeoutMs?: number,
): void {
  it(
    name,
    async (context) => {
      if (reason) context.skip(reason);
      await test();
    },
    timeoutMs,
  );
}
