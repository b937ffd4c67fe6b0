import { parseArgs } from 'node:util'
import { type KillLoop, runKillLoop, type Target } from './kill-loop.ts'
import { tallyText } from './tally.ts'
import { Violation } from './uncertain.ts'

/**
 * `npm run kill -- --target server|store|postgres --times 100 --seed 1`: kills it so often under
 * load and says what was acknowledged and whether any of it was lost. Exit code 1: a promise did
 * not hold.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: 'server' },
      times: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      engine: { type: 'string' },
      crews: { type: 'string', default: '3' },
      log: { type: 'string', default: 'silent' },
      keep: { type: 'boolean', default: false },
    },
  })
  const { target, log } = values
  if (target !== 'server' && target !== 'store' && target !== 'postgres') {
    throw new TypeError(`--target is server, store or postgres, not ${target}`)
  }
  if (log !== 'silent' && log !== 'error' && log !== 'warn') {
    throw new TypeError(`--log is silent, error or warn, not ${log}`)
  }
  const startedAt = performance.now()
  const engine = engineOf(target, values.engine)
  const seed = Number(values.seed)
  const loop: KillLoop = {
    target,
    engine,
    seed,
    times: Number(values.times),
    crews: Number(values.crews),
    logLevel: log,
    keep: values.keep,
    onRound: (tally) => process.stdout.write(`${tallyText(tally)}\n`),
  }
  const tally = await runKillLoop(loop)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  process.stdout.write(
    `\n${target} on ${engine}, seed ${seed}, ${seconds} s: ${tallyText(tally)}\nlost: nothing\n`,
  )
}

function engineOf(target: Target, asked: string | undefined): KillLoop['engine'] {
  const engine = asked ?? (target === 'postgres' ? 'postgres' : 'pglite')
  if (engine !== 'pglite' && engine !== 'postgres') {
    throw new TypeError(`--engine is pglite or postgres, not ${engine}`)
  }
  if (target === 'postgres' && engine === 'pglite') {
    throw new TypeError('--target postgres needs --engine postgres')
  }
  return engine
}

try {
  await main()
} catch (error) {
  const text = error instanceof Violation ? error.message : String((error as Error).stack ?? error)
  process.stderr.write(`kill: ${text}\n`)
  process.exitCode = 1
}
