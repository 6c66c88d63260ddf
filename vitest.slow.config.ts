import { defineConfig } from 'vitest/config';

/** Checks that take minutes: run by .ci/run, not by npm test. */
export default defineConfig({
  test: { include: ['test/**/*.slow.ts'], maxWorkers: 2, testTimeout: 1_500_000, hookTimeout: 600_000 },
});
