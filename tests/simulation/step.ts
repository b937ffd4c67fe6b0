import { checkAll, look } from './checks.ts'
import { type Core, settle } from './core.ts'
import { takeEnded } from './task.ts'
import { tearDown } from './turns.ts'

/** One move of the simulation, everything that follows from it, and the checks. */
export async function takeStep(core: Core, move: () => Promise<void> | void): Promise<void> {
  core.step += 1
  await move()
  await settle(core)
  for (const host of core.hosts) {
    if (host.node === null || host.node.lifeline.alive) continue
    core.trace.push(`  ${host.name} is down`)
    tearDown(core, host.node)
    host.node = null
    await settle(core)
  }
  await look(core)
  const ended = takeEnded(core)
  for (const task of ended) if (task.outcome !== null) task.onEnd(task.outcome)
  checkAll(core)
}
