import { type Transaction, sql } from 'kysely'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, subscriptionStream } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { RequestRefused, type WhenSuspended, refuseRequest } from '../pipeline/operation.ts'
import { readOnlyRefusal } from './read-only.ts'
import { type LockedSubscription, lockSubscription } from './store.ts'
import { isSuspended, publishedState } from './subscription.ts'

export type ChangeDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
}

/** What a change of a subscription's contents works with, while its row is locked. */
export type Change = {
  readonly tx: Transaction<Schema>
  readonly subscription: LockedSubscription
  /** On the account's clock. */
  readonly now: Instant
  readonly realNow: Instant
  /** Appends to the subscription's history. Data: ids, never names. */
  readonly record: (type: string, data: object) => Promise<void>
  /** A fact that a cancel plan pins has changed. */
  readonly bumpPlanVersion: () => Promise<void>
}

/**
 * Every change of what a subscription holds goes through here: lock, read, ask the state again
 * under the lock (a cancel may have come in since the request was admitted), decide, record, in one
 * transaction.
 */
export async function changeSubscription<T>(
  { database, events }: ChangeDependencies,
  request: {
    readonly tenantId: string
    readonly subscriptionId: string
    readonly actor: string
    readonly realNow: Instant
    readonly whenSuspended: WhenSuspended
  },
  work: (change: Change) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, request.subscriptionId, request.realNow)
    if (
      subscription === null ||
      subscription.tenantId !== request.tenantId ||
      publishedState(subscription.lifecycle) === 'Deleted'
    ) {
      refuseRequest('subscriptionNotFound', { subscriptionId: request.subscriptionId })
    }
    assertWritable(subscription, request.whenSuspended)
    return work(changeOf(tx, subscription, request, events))
  })
}

function assertWritable(subscription: LockedSubscription, whenSuspended: WhenSuspended): void {
  if (!isSuspended(subscription.lifecycle)) return
  if (typeof whenSuspended === 'object' && 'refuse' in whenSuspended) {
    throw new RequestRefused(readOnlyRefusal(subscription))
  }
}

function changeOf(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  request: { readonly actor: string; readonly realNow: Instant },
  events: EventRecorder,
): Change {
  const { tenantId, subscriptionId, now } = subscription
  return {
    tx,
    subscription,
    now,
    realNow: request.realNow,
    record: (type, data) =>
      events.record(
        tx,
        subscriptionStream(tenantId, subscriptionId),
        [{ type, at: now, actor: request.actor, data }],
        request.realNow,
      ),
    bumpPlanVersion: async () => {
      await tx
        .updateTable('subscriptions')
        .set({ plan_version: sql`plan_version + 1` })
        .where('subscription_id', '=', subscriptionId)
        .execute()
    },
  }
}
