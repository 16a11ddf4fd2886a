// A preprocessor of knip. The tables of state machines are exported for scripts/docs-machines.ts, which loads them by
// their name at run time; knip cannot see that, so they are taken out of its report.

/** @param {import("knip").ReporterOptions} options */
export default function dropMachines(options) {
  for (const issues of Object.values(options.issues.exports)) {
    for (const name of Object.keys(issues)) {
      if (name.endsWith("Machine")) {
        delete issues[name];
        options.counters.exports -= 1;
      }
    }
  }
  return options;
}
