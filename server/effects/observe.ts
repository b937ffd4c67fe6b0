import type { Transaction } from 'kysely'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, subscriptionStream } from '../events/record.ts'
import { readBillingAccount } from '../billing-accounts/store.ts'
import { planInvoice } from '../invoices/plan-invoice.ts'
import { assert } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Observation, WantedResource } from '../providers/contract.ts'
import { withdrawAssignments } from '../roles/withdraw.job.ts'
import { type LockedSubscription, lockSubscription } from '../subscriptions/store.ts'
import { planCreditCheck } from '../trials/plan-credit-check.ts'
import { closeIntervals, fillIntervals, reopenIntervals } from './meters.ts'
import { recordObservation } from './store.ts'

export type ObserveDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
}

/**
 * Records what a provider saw, and what follows from it for the meters: they stop with the
 * suspension and run again from the instant it was lifted. Destroyed is recorded with its evidence.
 */
export async function recordObserved(
  wanted: WantedResource,
  observation: Observation,
  realNow: Instant,
  { database, events, random }: ObserveDependencies,
): Promise<void> {
  await database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, wanted.subscriptionId, realNow)
    if (subscription === null) return
    const fresh = await recordObservation(tx, {
      uid: wanted.uid,
      state: observation.state,
      generation: wanted.generation,
      at: subscription.now,
      realNow,
    })
    if (!fresh) return
    let isLate = await fillIntervals(tx, subscription, wanted.uid)
    if (observation.state === 'absent') {
      await recordDestroyed(tx, subscription, wanted.uid, observation.evidence, realNow, events)
    } else if (observation.state === 'offline') {
      const closedAt = subscription.lifecycle.suspendedSince ?? subscription.now
      await closeIntervals(tx, wanted.uid, closedAt)
    } else {
      isLate = (await reopenIntervals(tx, subscription, wanted.uid)) || isLate
      // What is charged again brings a trial nearer to its limit.
      await planCreditCheck(tx, subscription, realNow, random)
    }
    if (isLate) await planLateInvoice(tx, subscription, realNow, random)
  })
}

/** It may be all that is left to bill of an account. */
async function planLateInvoice(
  tx: Transaction<Schema>,
  { tenantId, billingAccountKey }: LockedSubscription,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const account = await readBillingAccount(tx, tenantId, billingAccountKey)
  assert(account !== null, 'a billing account is never removed')
  await planInvoice(tx, account, realNow, random)
}

async function recordDestroyed(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  uid: string,
  evidence: object,
  realNow: Instant,
  events: EventRecorder,
): Promise<void> {
  await closeIntervals(tx, uid, subscription.lifecycle.suspendedSince ?? subscription.now)
  await tx
    .updateTable('resources')
    .set({ destroyed_at: subscription.now, evidence: JSON.stringify(evidence) })
    .where('uid', '=', uid)
    .execute()
  const ended = await tx
    .updateTable('resource_ids')
    .set({ to_at: subscription.now })
    .where('uid', '=', uid)
    .where('to_at', 'is', null)
    .returning('resource_id')
    .execute()
  for (const { resource_id } of ended) {
    const scopeKey = resource_id.toLowerCase()
    const { tenantId } = subscription
    await withdrawAssignments(tx, events, { tenantId, scopeKey, actor: 'system', realNow })
  }
  // Only now, with the data gone, may somebody else take the name.
  await tx.deleteFrom('storage_accounts').where('uid', '=', uid).execute()
  await events.record(
    tx,
    subscriptionStream(subscription.tenantId, subscription.subscriptionId),
    [
      {
        type: 'ResourceDestroyed',
        at: subscription.now,
        actor: 'system',
        data: { uid, evidence },
      },
    ],
    realNow,
  )
}
