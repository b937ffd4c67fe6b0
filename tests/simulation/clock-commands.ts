import { formatInstant, instant } from '../../server/kernel/instant.ts'
import { keep } from './broken.ts'
import type { Core, SimulatedNode, Tenant } from './core.ts'
import { send } from './request.ts'

export function advance(core: Core, node: SimulatedNode, tenant: Tenant): void {
  const { dice } = core
  const clocks = core.rows.clocks.filter((row) => row.tenant_id === tenant.tenantId)
  if (clocks.length === 0) return
  const { name, now_at, target_at } = dice.pick(clocks)
  const days = dice.pick([0, 1, 2, 3, 8, 17, 29, 31, 45, 62, 90, 91])
  const repeat = target_at !== null && dice.percent(60)
  const to = repeat ? Number(target_at) : Number(now_at) + days * 86_400_000 + dice.pick([-1, 0, 1])
  const startedAt = core.step
  send(core, node, {
    operation: 'TestClocks_Advance',
    person: { tenantId: tenant.tenantId, principalId: tenant.people[0]?.principalId ?? '' },
    params: { clockName: name },
    body: { to: formatInstant(instant(to)) },
    onAnswer: ({ status }) => {
      if (!repeat || status !== 202 || core.step !== startedAt) return
      const was = core.before.clocks.find((row) => row.name === name)
      const is = core.rows.clocks.find((row) => row.name === name)
      keep(
        6,
        was?.operation_id === is?.operation_id,
        () => `${name}: a repeat began another advance`,
      )
    },
  })
}

export function newClock(core: Core, node: SimulatedNode, tenant: Tenant): void {
  send(core, node, {
    operation: 'TestClocks_Create',
    person: { tenantId: tenant.tenantId, principalId: tenant.people[0]?.principalId ?? '' },
    params: { clockName: `clock-${core.dice.below(4)}` },
    body: { properties: { now: formatInstant(core.clock.now()) } },
  })
}
