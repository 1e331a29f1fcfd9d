import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests start hundreds of short processes from the sources: with this they compile them once.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'build/compile-cache');

export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'shim/**/*.test.ts', 'bench/**/*.test.ts'],
          // Only against hanging: on two cores that do all of `make test`, what takes two seconds took over thirty.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Real daemons, plugins and namespaces: one file at a time, so that they do not starve each other.
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          fileParallelism: false,
          // Only simulations run side by side: processes without a network, one on each processor.
          maxConcurrency: availableParallelism(),
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
