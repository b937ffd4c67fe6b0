import { startVitest } from 'vitest/node'
import { countTotals, formatTotals } from './reporter.ts'

/**
 * `npm test`, and with REPRIEVE_TEST_DATABASE and REPRIEVE_TEST_LONG the second half of
 * `npm run test:all`. Arguments are parts of file names. The last line is always the totals; the
 * exit code is 0 only when something ran and nothing failed.
 */
async function run(filters: string[]): Promise<void> {
  const vitest = await startVitest(filters, { run: true, watch: false })
  const modules = vitest.state.getTestModules()
  const totals = countTotals(modules, vitest.state.getUnhandledErrors().length)
  await vitest.close()
  if (totals.passed === 0 || totals.failed > 0) process.exitCode = 1
  if (process.env['REPRIEVE_TEST_COMPLETE'] === '1' && totals.skipped > 0) {
    process.stdout.write('\nTests were left out, and this run is to leave out nothing.\n')
    process.exitCode = 1
  }
  process.stdout.write(`\n${formatTotals(totals)}\n`)
}

await run(process.argv.slice(2))
