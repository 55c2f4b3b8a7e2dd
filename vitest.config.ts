import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], extra: object = {}) => ({
  test: {
    ...{ name, include, testTimeout: 60_000, hookTimeout: 60_000 },
    // a second is no patience on a machine that does much else
    expect: { poll: { timeout: 30_000 } },
    ...extra,
  },
})

export default defineConfig({
  test: {
    // vitest leaves one core to the watcher of its own, which a single run has no use for
    maxWorkers: '100%',
    globalSetup: ['test/fleet/global-setup.ts'],
    projects: [
      project('unit', ['src/**/*.test.{ts,tsx}', 'test/unit/**/*.test.{ts,tsx}'], { isolate: false }),
      project('conformance', ['test/conformance/**/*.test.ts']),
      project('integration', ['test/integration/**/*.test.ts'], {
        testTimeout: 60_000,
        hookTimeout: 600_000,
        fileParallelism: false,
      }),
      // what CI has no programs for: run by name alone, see docs/testing.md
      ...(process.argv.some(word => word.includes('by-hand'))
        ? [project('by-hand', ['test/by-hand/**/*.test.ts'], { testTimeout: 300_000 })]
        : []),
      project('e2e', ['test/e2e/**/*.test.ts'], { testTimeout: 180_000, hookTimeout: 600_000, fileParallelism: false }),
    ],
  },
})
