import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/cli/build.ts'],
    maxWorkers: 2,
    // Loading the kernel anew for each file would take a minute in all; no test leaves anything behind.
    isolate: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
