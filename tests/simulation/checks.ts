import { readEvents } from '../../server/events/read.ts'
import { keep } from './broken.ts'
import type { Core } from './core.ts'
import { lookAtMoney } from './ledger.ts'
import { checkMoney } from './money-checks.ts'
import { type SubscriptionModel, foldEvents, newModel } from './model.ts'
import { type Rows, readRows, writtenSoFar } from './rows.ts'

/** Reads what is stored, and takes the new events into the models. */
export async function look(core: Core): Promise<void> {
  core.before = core.rows
  // Most steps find nothing to do: what nobody has written to is not read again.
  const written = await writtenSoFar(core.database.db)
  if (written === core.written) return
  core.written = written
  core.rows = await readRows(core.database.db)
  for (const row of core.rows.subscriptions) {
    const { subscription_id: id, tenant_id, billing_account_key } = row
    const model = core.models.get(id) ?? newModel(id, tenant_id, billing_account_key)
    core.models.set(id, model)
    await takeEvents(core, model)
  }
  await lookAtMoney(core)
}

async function takeEvents(core: Core, model: SubscriptionModel): Promise<void> {
  const stream = { tenantId: model.tenantId, stream: `subscription/${model.id}` }
  const head = core.rows.streams.find(
    (row) => row.tenant_id === stream.tenantId && row.stream === stream.stream,
  )
  keep(13, head !== undefined, () => `${model.id} has no history`)
  const sequence = Number(head?.sequence)
  keep(9, sequence >= model.position.sequence, () => `${model.id} has lost events`)
  if (sequence > model.position.sequence) {
    const page = { after: model.position.sequence, limit: 1000 }
    const events = await readEvents(core.database.db, stream, page, core.masterKey)
    foldEvents(model, events, { ...timeOf(core, model), billedUntil: billedUntil(core, model) })
  }
  const joined = Buffer.from(head?.head ?? []).toString('hex') === model.position.hash
  keep(13, joined, () => `${model.id}: the head is not the last event`)
}

function billedUntil({ rows }: Core, model: SubscriptionModel): number {
  const account = rows.accounts.find(
    (row) => row.tenant_id === model.tenantId && row.name_key === model.accountKey,
  )
  return Number(account?.billed_until)
}

/** What its clock showed in the course of the last step: from before it to after it. */
export function timeOf(
  core: Core,
  model: SubscriptionModel,
): { readonly from: number; readonly to: number } {
  const at = (rows: Rows): number | null => {
    const account = rows.accounts.find(
      (row) => row.tenant_id === model.tenantId && row.name_key === model.accountKey,
    )
    const clock = rows.clocks.find(
      (row) => row.tenant_id === model.tenantId && row.name_key === account?.test_clock_key,
    )
    return clock === undefined ? null : Number(clock.now_at)
  }
  const clocked = at(core.rows)
  if (clocked !== null) return { from: at(core.before) ?? clocked, to: clocked }
  // A request keeps the real time at which it came, however slow its node is.
  const came = [...core.tasks.map((task) => task.startedAt), core.realNow]
  return { from: Math.min(...came), to: Math.max(...came) }
}

/** Every promise that can be seen in what is stored and in the real things. */
export function checkAll(core: Core): void {
  const [fault] = core.faults
  if (fault !== undefined) throw fault
  checkDestroyed(core)
  for (const row of core.rows.subscriptions) {
    const model = core.models.get(row.subscription_id)
    if (model === undefined) continue
    checkRow(core.rows, model, row)
    checkBillable(core.rows, model)
    checkOrders(core, model)
    checkThings(core, model)
  }
  checkClocks(core)
  checkMoney(core)
}

type Row = Rows['subscriptions'][number]

/** Promise 13: the row says what its events say. */
function checkRow(rows: Rows, model: SubscriptionModel, row: Row): void {
  const folded = {
    generation: model.generation,
    cancelled_at: model.cancelledAt,
    suspended_since: model.suspendedSince,
    confirmed_at: model.confirmedAt,
    deletable_from: model.deletableFrom,
    purge_at: model.purgeAt,
    purge_started_at: model.purgeStartedAt,
    purged_at: model.purgedAt,
    term_ends_at: model.term?.endsAt ?? null,
  } as const
  for (const [name, wanted] of Object.entries(folded)) {
    const stored = row[name as keyof typeof folded]
    const same = (stored === null ? null : Number(stored)) === wanted
    keep(13, same, () => `${model.id}: ${name} is ${stored}, its events say ${wanted}`)
  }
  const terms = `${row.offer} ${row.term_renews}`
  const told = `${model.offer} ${model.term?.renews ?? null}`
  keep(13, terms === told, () => `${model.id}: its terms are ${terms}, its events say ${told}`)
  const stored = rows.suspensions
    .filter((one) => one.subscription_id === model.id)
    .map((one) => `${one.reason} ${one.effective_at}`)
  const wanted = [...model.suspensions].map(([reason, at]) => `${reason} ${at}`)
  const same = stored.toSorted().join() === wanted.toSorted().join()
  keep(13, same, () => `${model.id}: suspensions ${stored.join()}, its events say ${wanted.join()}`)
  for (const one of rows.resources.filter((each) => each.subscription_id === model.id)) {
    const known = model.resources.get(one.uid)
    const agree =
      known?.deleted === (one.deleted_at !== null) &&
      known.destroyed === (one.destroyed_at !== null)
    keep(13, agree, () => `${one.uid}: its row is not what its events say`)
    const asked = one.deleted_at === null || model.endAsked.has(one.uid)
    keep(3, asked, () => `${one.uid} was deleted and nobody asked for it`)
  }
}

/** Promise 1: what is charged ends with the suspension and goes on when the last one is lifted. */
function checkBillable(rows: Rows, model: SubscriptionModel): void {
  const stored = rows.billable
    .filter((one) => one.subscription_id === model.id)
    .map((one) => [Number(one.opened_at), one.closed_at === null ? null : Number(one.closed_at)])
  const wanted = model.intervals.map(({ from, to }) => [from, to])
  const same = JSON.stringify(stored) === JSON.stringify(wanted)
  keep(
    1,
    same,
    () => `${model.id} is charged in ${JSON.stringify(stored)}, not ${JSON.stringify(wanted)}`,
  )
  const open = stored.filter(([, to]) => to === null).length
  keep(1, open === (model.suspendedSince === null ? 1 : 0), () => `${model.id}: ${open} open`)
  stored.forEach(([from], index) => {
    const last = stored[index - 1]?.[1] ?? 0
    keep(1, (from ?? 0) >= last, () => `${model.id} is charged twice at once`)
  })
  const metered = rows.metered.filter((one) => one.subscription_id === model.id)
  metered.forEach((one, index) => {
    const last = metered[index - 1]
    if (last?.uid !== one.uid || last.meter !== one.meter) return
    const apart = last.closed_at !== null && one.opened_at >= last.closed_at
    keep(1, apart, () => `${one.uid} is metered twice at once`)
  })
}

/** Promise 3: no date and no wish is stored without the work that acts on it. */
function checkOrders(core: Core, model: SubscriptionModel): void {
  const { work, resources, accounts } = core.rows
  const account = accounts.find(
    (row) => row.tenant_id === model.tenantId && row.name_key === model.accountKey,
  )
  const purge = work.find(({ kind, key }) => kind === 'purge' && key === model.id)
  if (model.purgeAt !== null && model.purgeStartedAt === null) {
    const planned = purge !== undefined && Number(purge.due_at) === model.purgeAt
    keep(3, planned, () => `${model.id}: nobody will purge it on its date`)
    const clocked = purge?.clock_key === account?.test_clock_key
    keep(14, clocked, () => `${model.id}: its purge follows another clock`)
  }
  const spread = work.some(({ kind, key }) => kind === 'spread-effects' && key === model.id)
  const applies = (host: string): boolean =>
    work.some(({ kind, key }) => kind === 'apply-effects' && key === `${model.id}/${host}`)
  const mine = resources.filter((one) => one.subscription_id === model.id)
  for (const one of mine) {
    const wanted = model.generation + Number(one.generation)
    if (one.destroyed_at !== null || Number(one.observed_generation) >= wanted) continue
    keep(3, spread || applies(one.host_id), () => `${one.uid}: nobody will make it as it should be`)
  }
  const settling =
    model.purgeStartedAt === null
      ? model.suspendedSince !== null && model.confirmedAt === null
      : model.purgedAt === null
  const anybody = spread || mine.some((one) => applies(one.host_id))
  keep(3, !settling || anybody, () => `${model.id}: nobody will take its next step`)
}

/** Promises 4 and 5 on the real things, and 3 on what a purge left. */
function checkThings(core: Core, model: SubscriptionModel): void {
  const things = core.world.thingsOf(model.id)
  if (model.purgedAt !== null) {
    keep(3, things.length === 0, () => `${model.id} is purged and ${things[0]?.uid} is still there`)
    const whole = [...model.resources.values()].every((one) => one.destroyed)
    keep(3, whole, () => `${model.id} is purged and a resource was never seen gone`)
  }
  for (const thing of things) {
    const offline = model.confirmedAt === null || thing.state === 'offline'
    keep(4, offline || model.purgeStartedAt !== null, () => `${thing.uid} is online while disabled`)
    const lost = thing.acknowledged.find((content) => !thing.stored.has(content))
    keep(5, lost === undefined, () => `${thing.uid} has lost ${lost}`)
  }
}

/** Promise 3: of what was destroyed in this step, each was asked for or had come to its date. */
function checkDestroyed(core: Core): void {
  for (const { thing } of core.world.destroyed.splice(0)) {
    const model = core.models.get(thing.subscriptionId)
    const { uid } = thing
    const asked = model?.resources.get(uid)?.deleted === true
    const due =
      model !== undefined &&
      model.purgeStartedAt !== null &&
      (model.earlyEndAsked ||
        (model.purgeAt ?? Number.POSITIVE_INFINITY) <= timeOfPurge(core, model))
    keep(3, asked || due, () => `${uid} was destroyed before its date`)
  }
}

function timeOfPurge(core: Core, model: SubscriptionModel): number {
  return Math.max(timeOf(core, model).to, model.lastAt)
}

/** Promise 14: a clock moves forward, towards where it was sent, and only then. */
function checkClocks(core: Core): void {
  for (const clock of core.rows.clocks) {
    const was = core.before.clocks.find(
      (row) => row.tenant_id === clock.tenant_id && row.name_key === clock.name_key,
    )
    if (was === undefined || was.now_at === clock.now_at) continue
    const named = `${clock.name} of ${clock.tenant_id}`
    keep(14, clock.now_at > was.now_at, () => `${named} went backwards`)
    keep(14, was.target_at !== null, () => `${named} moved and nobody had sent it anywhere`)
    keep(14, clock.now_at <= (was.target_at ?? 0n), () => `${named} went past its target`)
  }
}
