import { defineConfig } from "vitest/config";

// Our packages are tested from their source: the condition below leads imports of them to src/.
const conditions = ["@tautline/source", "node", "module"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "unit", include: ["packages/*/src/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "conformance", include: ["conformance/**/*.test.ts"], testTimeout: 60_000 },
      },
      { extends: true, test: { name: "fuzz", include: ["fuzz/**/*.test.ts"], testTimeout: 120_000 } },
      {
        extends: true,
        test: { name: "repository", include: ["scripts/**/*.test.ts"], testTimeout: 120_000 },
      },
      { extends: true, test: { name: "bench", include: ["bench/**/*.test.ts"], testTimeout: 120_000 } },
      { extends: true, test: { name: "examples", include: ["examples/**/*.test.ts"], testTimeout: 120_000 } },
    ],
  },
});
