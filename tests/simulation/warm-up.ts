import { hourMs } from '../../server/kernel/instant.ts'
import { alias } from './commands.ts'
import type { Core } from './core.ts'
import { round } from './drain.ts'
import { isSupport } from './model.ts'
import { passTime } from './pass-time.ts'
import { account, group } from './resource-commands.ts'
import { takeStep } from './step.ts'

/**
 * A subscription in every account, and a trial or a support plan, with stores on both hosts, at
 * work.
 */
export async function warmUp(core: Core): Promise<void> {
  core.trace.push('warm up')
  const [first, second = first] = core.hosts.flatMap(({ node }) => node ?? [])
  if (first === undefined || second === undefined) return
  for (const tenant of core.tenants) {
    for (const each of tenant.accounts) {
      await takeStep(core, () => alias(core, first, tenant, each, null))
    }
    const [programme, agreement] = tenant.accounts
    const isFirst = tenant === core.tenants[0]
    const offer = isFirst ? 'FreeTrial' : 'SupportStandardMonthly'
    await takeStep(core, () => alias(core, first, tenant, isFirst ? programme : agreement, offer))
    const own = [...core.models.values()].filter((one) => one.tenantId === tenant.tenantId)
    const models = own.filter((one) => !isSupport(one))
    const person = { tenantId: tenant.tenantId, principalId: tenant.people[0]?.principalId ?? '' }
    for (const model of models) {
      const on = { core, model, person }
      await takeStep(core, () => group({ ...on, node: first }))
      await takeStep(core, () => account({ ...on, node: first }))
      await takeStep(core, () => account({ ...on, node: second }))
    }
  }
  await round(core)
  // Everything on real time is measured, and so charged, before anything happens to it.
  await takeStep(core, () => passTime(core, hourMs, true))
  await round(core)
}
