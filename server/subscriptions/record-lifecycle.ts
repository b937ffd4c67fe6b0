import { type Transaction, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, subscriptionStream } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { planMoney } from './plan-money.ts'
import { type WorkOrder, enqueue, withdraw } from '../work/work.ts'
import type { LockedSubscription } from './store.ts'
import { type Lifecycle, type LifecycleEvent, evolve } from './subscription.ts'

export type LifecycleDependencies = {
  readonly events: EventRecorder
  readonly random: Random
}

/**
 * Stores decided events: the row, its suspensions and billable interval, the chain, and the work
 * that its new dates and its new wanted state ask for. One function, so that none goes without the
 * others. Touches the subscription's own rows only, however many resources it holds.
 */
export async function recordLifecycle(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  events: readonly LifecycleEvent[],
  context: { readonly actor: string; readonly realNow: Instant; readonly facts?: object },
  { events: recorder, random }: LifecycleDependencies,
): Promise<Lifecycle> {
  if (events.length === 0) return subscription.lifecycle
  const before = subscription.lifecycle
  const after = events.reduce<Lifecycle>((state, event) => evolve(state, event), before)
  await saveFacts(tx, subscription, after)
  let state = before
  for (const event of events) {
    await saveOverlay(tx, subscription, event, state)
    state = evolve(state, event)
  }
  await recorder.record(
    tx,
    subscriptionStream(subscription.tenantId, subscription.subscriptionId),
    events.map(({ type, at, ...data }) => ({
      type,
      at,
      actor: context.actor,
      data: { ...data, ...context.facts },
    })),
    context.realNow,
  )
  await planWork(tx, subscription, after, context.realNow, random)
  await planMoney(tx, subscription, after, context.realNow, random)
  return after
}

async function saveFacts(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  after: Lifecycle,
): Promise<void> {
  await tx
    .updateTable('subscriptions')
    .set({
      generation: after.generation,
      plan_version: sql`plan_version + 1`,
      cancelled_at: after.cancelledAt,
      suspended_since: after.suspendedSince,
      confirmed_at: after.confirmedAt,
      deletable_from: after.deletableFrom,
      purge_at: after.purgeAt,
      purge_started_at: after.purgeStartedAt,
      purged_at: after.purgedAt,
      offer: after.offer,
      term_ends_at: after.term?.endsAt ?? null,
      term_renews: after.term?.renews ?? null,
    })
    .where('subscription_id', '=', subscription.subscriptionId)
    .execute()
}

/** The suspension itself, and the billable interval that its first closes and its last opens. */
async function saveOverlay(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  event: LifecycleEvent,
  before: Lifecycle,
): Promise<void> {
  const { tenantId, subscriptionId } = subscription
  if (event.type === 'SubscriptionSuspended') {
    await tx
      .insertInto('suspensions')
      .values({
        tenant_id: tenantId,
        subscription_id: subscriptionId,
        reason: event.reason,
        effective_at: event.at,
      })
      .execute()
    if (before.suspensions.length > 0) return
    await tx
      .updateTable('billable_intervals')
      .set({ closed_at: event.at })
      .where('subscription_id', '=', subscriptionId)
      .where('closed_at', 'is', null)
      .execute()
  }
  if (event.type === 'SuspensionLifted') {
    await tx
      .deleteFrom('suspensions')
      .where('subscription_id', '=', subscriptionId)
      .where('reason', '=', event.reason)
      .execute()
    if (before.suspensions.length > 1) return
    await openBillableInterval(tx, subscription, event.at)
  }
}

export async function openBillableInterval(
  tx: Transaction<Schema>,
  subscription: { readonly tenantId: string; readonly subscriptionId: string },
  at: Instant,
): Promise<void> {
  await sql`insert into billable_intervals
      (tenant_id, subscription_id, interval_number, opened_at, closed_at)
    select ${subscription.tenantId}::uuid, ${subscription.subscriptionId}::uuid,
      coalesce(max(interval_number), 0) + 1, ${at}::int8, null
    from billable_intervals where subscription_id = ${subscription.subscriptionId}::uuid`.execute(
    tx,
  )
}

/**
 * A date is never stored without the work that acts on it, nor a wanted state without its worker.
 */
async function planWork(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  after: Lifecycle,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const before = subscription.lifecycle
  const { tenantId, subscriptionId, clockKey } = subscription
  const order = {
    tenantId,
    key: subscriptionId,
    subject: { subscriptionId },
    clockKey,
    hostId: null,
  }
  const purgeDue = after.purgeStartedAt === null ? after.purgeAt : null
  if (purgeDue === null) {
    if (before.purgeAt !== null) await withdraw(tx, 'purge', subscriptionId)
  } else if (purgeDue !== before.purgeAt) {
    await enqueue(tx, { ...order, kind: 'purge', dueAt: purgeDue }, realNow, random)
  }
  await planTermEnd(tx, order, { before, after }, realNow, random)
  if (after.generation !== before.generation) {
    await enqueue(tx, { ...order, kind: 'spread-effects', dueAt: null }, realNow, random)
  }
}

export const endTermWork = 'end-term'

/** A term that has not ended yet has its work; one that is gone, or has expired, has none. */
async function planTermEnd(
  tx: Transaction<Schema>,
  order: Omit<WorkOrder, 'kind' | 'dueAt'>,
  { before, after }: { readonly before: Lifecycle; readonly after: Lifecycle },
  realNow: Instant,
  random: Random,
): Promise<void> {
  const was = termDue(before)
  const due = termDue(after)
  if (due === was) return
  if (due === null) return withdraw(tx, endTermWork, order.key)
  await enqueue(tx, { ...order, kind: endTermWork, dueAt: due }, realNow, random)
}

function termDue({ term, suspensions, purgeStartedAt }: Lifecycle): Instant | null {
  const hasEnded = purgeStartedAt !== null || suspensions.some(({ reason }) => reason === 'Expired')
  return term === null || hasEnded ? null : term.endsAt
}
