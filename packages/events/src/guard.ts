// Functions of the program, called where nobody could catch what they throw.

/** Tells the program of an error that no caller can be given. MUST NOT throw. */
export type Report = (error: unknown) => void;

/** Calls a function of the program. What it throws, or what its promise is rejected with, is reported once. */
export function guard(report: Report, call: () => unknown): void {
  try {
    const result = call();
    if (result instanceof Promise) result.catch(report);
  } catch (error) {
    report(error);
  }
}

/** A report that cannot fail: what the program's own function throws goes to `fallback`. */
export function guardReport(report: Report, fallback: Report): Report {
  return (error) => guard(fallback, () => report(error));
}
