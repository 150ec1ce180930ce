import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The one test configuration: sources are run as they stand, through the package's own development condition. */
export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  resolve: { conditions: ["journey-hub-source"] },
  ssr: { resolve: { conditions: ["journey-hub-source"] } },
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--conditions=journey-hub-source"],
  },
});
