import { randomCommand } from './commands.ts'
import { PromiseBroken } from './broken.ts'
import { type Core, type Plant, settle } from './core.ts'
import { drain } from './drain.ts'
import { openCore } from './open.ts'
import { dumpTables } from './rows.ts'
import { moveTime } from './pass-time.ts'
import { releaseOne, restart, takeUpWork, tearDown } from './turns.ts'
import { takeStep } from './step.ts'
import { warmUp } from './warm-up.ts'
import { beginWrite } from './writes.ts'

export type Outcome = {
  readonly seed: number
  readonly steps: number
  /** Null: every promise was kept. */
  readonly broken: PromiseBroken | null
  /** What happened, a line each; the same for the same seed. */
  readonly trace: readonly string[]
  /** Everything that is stored at the end; the same for the same seed. */
  readonly dump: string
}

const weights = {
  command: 36,
  repeat: 18,
  work: 30,
  release: 36,
  write: 8,
  time: 9,
  crash: 1,
  crashSoon: 3,
  restart: 4,
}

/**
 * Plays a random history of `steps` steps, checks the promises after each, and drains at the end.
 */
export async function simulate(options: {
  readonly seed: number
  readonly steps: number
  readonly plant?: Plant
  /** False: the history just stops. */
  readonly isDrained?: boolean
}): Promise<Outcome> {
  const { seed, steps } = options
  const { core, close } = await openCore(seed, options.plant ?? {})
  let broken: PromiseBroken | null = null
  try {
    await warmUp(core)
    core.slowness = 2
    for (let step = 1; step <= steps; step += 1) await takeStep(core, () => turn(core))
    if (options.isDrained !== false) await drain(core)
  } catch (error) {
    if (!(error instanceof PromiseBroken)) throw error
    broken = error
  }
  try {
    await settle(core)
    const dump = await dumpTables(core.database.db)
    return { seed, steps: core.step, broken, trace: core.trace, dump }
  } finally {
    for (const { node } of core.hosts) if (node !== null) tearDown(core, node)
    await settle(core)
    await close()
  }
}

/** What a person types to see a history again. */
export function repeatCommand(seed: number, steps: number): string {
  return `repeat it: npm run simulate -- --seed ${seed} --steps ${steps} --trace`
}

async function turn(core: Core): Promise<void> {
  const { dice } = core
  const what = dice.weighted(weights)
  core.trace.push(`${core.step} ${what} ${core.realNow}`)
  if (what === 'time') return moveTime(core)
  if (what === 'restart') return restart(core)
  if (what === 'release') return releaseOne(core)
  const up = core.hosts.flatMap(({ node }) => node ?? [])
  if (up.length === 0) return restart(core)
  const node = dice.pick(up)
  switch (what) {
    case 'command':
      return randomCommand(core, node)
    case 'repeat':
      return core.repeats.shift()?.()
    case 'work':
      return takeUpWork(core, node)
    case 'write':
      return beginWrite(core, node)
    case 'crash':
      return node.lifeline.end()
    case 'crashSoon':
      node.lifeline.endAfter(1 + dice.below(25))
      return dice.percent(50) ? randomCommand(core, node) : takeUpWork(core, node)
  }
}
