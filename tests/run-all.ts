import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startCluster } from './postgres/cluster.ts'

/**
 * `npm run test:all`: the suite on PostgreSQL, in a throw-away cluster that is gone afterwards, and
 * then the suites that take minutes. Arguments are parts of file names.
 */
async function runAll(filters: readonly string[]): Promise<void> {
  const cluster = await startCluster()
  const run = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), ...filters], {
    stdio: 'inherit',
    env: {
      ...process.env,
      REPRIEVE_TEST_DATABASE: cluster.url,
      REPRIEVE_TEST_LONG: '1',
      // In CI a test that does not run is a promise that nobody kept.
      ...(process.env['CI'] === 'true' ? { REPRIEVE_TEST_COMPLETE: '1' } : {}),
    },
  })
  // The terminal interrupts the run as well; it ends first, and then the cluster does.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => run.kill(signal))
  try {
    process.exitCode = await new Promise<number>((resolve, reject) => {
      run.on('error', reject)
      run.on('exit', (code) => resolve(code ?? 1))
    })
  } finally {
    await cluster.stop()
  }
}

try {
  await runAll(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`test:all: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
