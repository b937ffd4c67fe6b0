import { instantOf } from '../../server/database/connection.ts'
import { addMs, formatInstant, instant } from '../../server/kernel/instant.ts'
import { PromiseBroken, keep } from './broken.ts'
import type { Core, SimulatedNode } from './core.ts'
import { sampleWork } from '../../server/effects/plan-samples.ts'
import { readEffects } from '../../server/effects/summary.ts'
import { bySystem, comeBack } from './system-commands.ts'
import { send } from './request.ts'
import { takeStep } from './step.ts'
import { timeOf } from './checks.ts'
import { payAll } from './money-commands.ts'
import { checkSettled } from './money-drain.ts'
import type { Thing } from './world.ts'
import { passTime } from './pass-time.ts'
import { endCall, releasePause, restart, takeUpWork } from './turns.ts'

/**
 * The end of every history: all is up again and healthy, and nothing may be left to do. First with
 * the subscriptions whose provider is broken still broken: they must hold up nobody else.
 */
export async function drain(core: Core): Promise<void> {
  core.trace.push('drain')
  core.slowness = 0
  while (core.pauses.length > 0) await takeStep(core, () => releasePause(core, 0))
  for (const { node } of core.hosts) node?.lifeline.endAfter(Number.POSITIVE_INFINITY)
  while (core.hosts.some(({ node }) => node === null)) await takeStep(core, () => restart(core))
  // Work that was put off until a time that was set back waits until it comes again.
  const behindMs = core.latestReal - core.realNow
  if (behindMs > 0) await takeStep(core, () => passTime(core, behindMs, true))
  for (const model of core.models.values()) {
    const asked = { core, model, node: upNode(core), person: nobody }
    if (core.dice.percent(60)) await takeStep(core, () => bySystem(asked, 'suspend'))
  }
  breakOne(core)
  await round(core)
  await workUntil(core, () => healthyPending(core) === 0, 10, 'a broken provider holds up others')
  await checkStuck(core)
  core.broken.clear()
  await workUntil(core, () => ready(core) === 0, 3, 'work is left over that nobody can finish')
  await checkSettled(core)
  await payMost(core)
  await afterAll(core)
}

/**
 * Many come back, and before any worker sees it two months go by, in which invoices are issued and
 * come due. Most are paid, and what that lifts is back at once.
 */
async function payMost(core: Core): Promise<void> {
  for (const model of core.models.values()) {
    const asked = { core, model, node: upNode(core), person: nobody }
    if (core.dice.percent(60)) await takeStep(core, () => comeBack(asked))
  }
  await takeStep(core, () => passTime(core, twoMonthsMs, true))
  for (const clock of core.rows.clocks)
    await takeStep(core, () => sendAhead(core, clock, twoMonthsMs))
  await workUntil(core, () => ready(core) === 0, 3, 'not done two months later')
  for (const tenant of core.tenants) {
    for (const account of core.dice.percent(80) ? tenant.accounts : []) {
      const node = upNode(core)
      await takeStep(core, () => payAll(core, node, tenant, account.name))
    }
  }
  await workUntil(core, () => ready(core) === 0, 3, 'work of payments is left over')
  await checkSettled(core)
}

const nobody = { tenantId: '', principalId: '' }

export function upNode(core: Core): SimulatedNode {
  const node = core.hosts.find((host) => host.node !== null)?.node ?? null
  if (node === null) throw new PromiseBroken(null, 'a node died while draining')
  return node
}

/** Takes the provider of one subscription that still has something to do out of service. */
function breakOne(core: Core): void {
  const pending = core.rows.resources.filter((row) => isPending(core, row))
  const held = pending.filter((row) => core.world.things.has(row.uid))
  const victim = held[0] ?? pending[0]
  if (victim !== undefined) core.broken.add(victim.subscription_id)
}

/** Promise 10: what is stuck says why, and what to do. */
async function checkStuck(core: Core): Promise<void> {
  for (const id of core.broken) {
    const { stuck } = await readEffects(core.database.db, id, instant(core.realNow + halfYearMs))
    for (const one of stuck) {
      const told = one.cause !== '' && one.remedy !== ''
      keep(10, told, () => `${one.resourceId} is stuck and nobody says why`)
    }
    const open = core.rows.resources.filter(
      (row) => row.subscription_id === id && isPending(core, row),
    )
    keep(10, stuck.length === open.length, () => `${id}: ${stuck.length} of ${open.length} stuck`)
  }
}

type Resource = Core['rows']['resources'][number]

function isPending(core: Core, row: Resource): boolean {
  const model = core.models.get(row.subscription_id)
  if (model === undefined || row.destroyed_at !== null) return false
  return Number(row.observed_generation) < model.generation + Number(row.generation)
}

function healthyPending(core: Core): number {
  return core.rows.resources.filter(
    (row) => isPending(core, row) && !core.broken.has(row.subscription_id),
  ).length
}

/** Work that is wanted now, or due by its clock. */
function ready(core: Core): number {
  return core.rows.work.filter((row) => {
    // What is done every day or hour is never done for good: it waits for its next time.
    const repeats = row.kind === 'sign-heads' || (row.kind === sampleWork && row.due_at !== null)
    if (repeats && Number(row.next_try_at) > core.realNow) return false
    if (row.due_at === null) return true
    const clock = core.rows.clocks.find(
      (one) => one.tenant_id === row.tenant_id && one.name_key === row.clock_key,
    )
    return row.due_at <= (clock?.now_at ?? BigInt(core.realNow))
  }).length
}

/** So much real time for what is healthy: two retries at their longest, a lease, a hung call. */
const patienceMs = 15 * 60_000

async function workUntil(
  core: Core,
  isDone: () => boolean,
  promise: 10 | 3,
  problem: string,
): Promise<void> {
  for (let waited = 0; !isDone(); waited += 5_000) {
    keep(promise, waited <= patienceMs, () => `${problem}: ${leftOver(core)}`)
    await round(core)
    await takeStep(core, () => passTime(core, 5_000, true))
  }
}

/** Everything that can be done at this instant. */
export async function round(core: Core): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    const before = core.statements
    let claimed = 0
    for (const { node } of core.hosts) {
      if (node === null) throw new PromiseBroken(null, 'a node died while draining')
      const tasks = core.tasks.length
      await takeStep(core, async () => {
        await takeUpWork(core, node)
        claimed += core.tasks.length - tasks
      })
    }
    // A broken provider does not even fail: it never answers.
    const calls = core.world.calls.filter(({ wanted }) => !core.broken.has(wanted.subscriptionId))
    const writes = [...core.writes]
    if (calls.length + writes.length > 0) {
      await takeStep(core, () => {
        for (const call of calls) endCall(core, call, { done: 100, failedBefore: 0 })
        for (const held of writes) held.go()
      })
    }
    if (claimed + calls.length + writes.length === 0) return
    if (core.statements === before) return
  }
}

/**
 * Half a year later, by every clock: what was promised to be gone is gone, and the rest is there.
 */
async function afterAll(core: Core): Promise<void> {
  await takeStep(core, () => passTime(core, halfYearMs, true))
  for (const clock of core.rows.clocks)
    await takeStep(core, () => sendAhead(core, clock, halfYearMs))
  await workUntil(core, () => ready(core) === 0, 3, 'not done half a year later')
  await checkSettled(core)
  const stuck = core.rows.clocks.find((row) => row.target_at !== null)
  keep(3, stuck === undefined, () => `${stuck?.name} never arrived`)
  for (const model of core.models.values()) {
    // A support plan holds nothing; what was suspended in these days has its date ahead.
    const ended = model.purgeAt !== null && model.purgeAt <= timeOf(core, model).to
    const forgotten = ended && model.purgedAt === null
    keep(3, !forgotten, () => `${model.id} should have been purged and is still there`)
    const things = core.world.thingsOf(model.id)
    const live = [...model.resources].filter(([, one]) => !one.destroyed)
    keep(
      3,
      things.length === live.length,
      () => `${model.id}: ${things.length} things, ${live.length} rows`,
    )
    const wanted = model.suspendedSince === null ? 'online' : 'offline'
    const wrong = things.find((thing) => thing.state !== wanted)
    keep(4, wrong === undefined, () => `${wrong?.uid} is not ${wanted} after all is done`)
    if (model.suspendedSince === null) for (const thing of things) checkRate(core, thing)
  }
}

/** Promise 11: it is charged for what it stores, once that was sampled after the last write. */
function checkRate(core: Core, { uid, hostId }: Thing): void {
  const runs = core.rows.metered.filter((row) => row.uid === uid && row.closed_at === null)
  const stored = core.world.sizeOf(uid, hostId)
  const right = runs.length === 1 && runs[0]?.rate === stored
  keep(
    11,
    right,
    () =>
      `${uid} stores ${stored} and is charged for ${runs.map(({ rate }) => String(rate)).join()}`,
  )
}

const twoMonthsMs = 63 * 86_400_000
const halfYearMs = 200 * 86_400_000

function sendAhead(core: Core, clock: Core['rows']['clocks'][number], ms: number): void {
  const tenant = core.tenants.find(({ tenantId }) => tenantId === clock.tenant_id)
  if (tenant === undefined) return
  send(core, upNode(core), {
    operation: 'TestClocks_Advance',
    person: { tenantId: tenant.tenantId, principalId: tenant.people[0]?.principalId ?? '' },
    params: { clockName: clock.name },
    body: { to: formatInstant(addMs(instantOf(clock.now_at), ms)) },
  })
}

function leftOver(core: Core): string {
  const lines = core.rows.work.map(
    (row) =>
      `${row.kind} ${row.key} due ${row.due_at} attempts ${row.attempts} ${row.last_error ?? ''}`,
  )
  return lines.join('; ')
}
