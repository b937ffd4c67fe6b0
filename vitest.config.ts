import { defineConfig } from 'vitest/config'
import { leftOutReporter } from './tests/reporter.ts'
import { requirementTags } from './tests/requirements.ts'

const everyTest = '{api,cli,server,testing,tests}/**/*.test.ts'
const longTest = '{api,cli,server,testing,tests}/**/*.long.test.ts'
/** Judges what all others saw. */
const lastTest = 'tests/**/*.last.test.ts'

/** Set by `npm run test:all`: the suites that take minutes run as well, after all others. */
const withLongSuites = process.env['REPRIEVE_TEST_LONG'] === '1'

export default defineConfig({
  test: {
    watch: false,
    pool: 'forks',
    maxWorkers: 2,
    tags: requirementTags,
    teardownTimeout: 20_000,
    globalSetup: 'tests/contract/testimonies.ts',
    reporters: [leftOutReporter, 'default'],
    // Node strips the types itself, as it does for the product: a test proves the file that is run.
    experimental: { viteModuleRunner: false },
    projects: [
      {
        extends: true,
        test: {
          name: 'suite',
          include: [everyTest],
          exclude: [longTest, lastTest],
          // Long, since a busy machine is no failure: a test that hangs is one all the same.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      ...(withLongSuites
        ? [
            {
              extends: true as const,
              test: {
                name: 'long',
                include: [longTest],
                testTimeout: 600_000,
                hookTimeout: 120_000,
                sequence: { groupOrder: 1 },
              },
            },
          ]
        : []),
      {
        extends: true,
        test: {
          name: 'last',
          include: [lastTest],
          testTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
