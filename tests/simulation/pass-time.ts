import { addMs, instant } from '../../server/kernel/instant.ts'
import { renewLease } from '../../server/work/work.ts'
import type { Core } from './core.ts'

export const leaseMs = 30_000
const minute = 60_000
const day = 86_400_000

/** Real time jumps: a little or a lot, now and then backwards. Leases run out, limits are over. */
export async function moveTime(core: Core): Promise<void> {
  const { dice } = core
  const by = dice.weighted({ blink: 30, minutes: 30, lease: 20, days: 12, back: 6, months: 2 })
  const jump = {
    blink: 1 + dice.below(300),
    minutes: dice.below(15 * minute),
    lease: leaseMs + 1,
    days: dice.below(20 * day),
    back: -dice.below(2 * day),
    months: 95 * day,
  }[by]
  await passTime(core, jump, dice.percent(60))
}

/** @param attended whether workers kept their leases meanwhile, as those of a live process do. */
export async function passTime(core: Core, jump: number, attended: boolean): Promise<void> {
  core.latestReal = Math.max(core.latestReal, core.realNow)
  core.realNow = instant(core.realNow + jump)
  core.trace.push(`  time ${jump}`)
  for (const { node } of core.hosts) {
    if (node === null) continue
    const until = addMs(core.clock.now(), leaseMs)
    const mine = core.tasks.filter((task) => task.node === node && task.work !== null)
    for (const { work } of attended ? mine : []) {
      if (work !== null) await renewLease(core.database.db, work, until)
    }
    const over = node.limits.filter(({ at }) => at <= core.realNow)
    for (const limit of over) {
      node.limits.splice(node.limits.indexOf(limit), 1)
      limit.controller.abort()
    }
  }
}
