import { type Transaction, sql } from 'kysely'
import { type BillingAccount, readBillingAccount } from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import type { Clock, Instant } from '../kernel/instant.ts'
import { decideLift } from '../subscriptions/lift.ts'
import { type LifecycleDependencies, recordLifecycle } from '../subscriptions/record-lifecycle.ts'
import { lockSubscription } from '../subscriptions/store.ts'
import { decideSuspend } from '../subscriptions/suspend.ts'
import { type ClaimedWork, type WorkOutcome, enqueue, workDone } from '../work/work.ts'

export type SpreadUnpaidDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  readonly clock: Clock
  readonly wakeWorkers: () => void
}

const subscriptionsPerBatch = 100

/** Every subscription of the account is to follow what the account owes. */
export async function planSpread(
  tx: Transaction<Schema>,
  {
    tenantId,
    nameKey,
    testClockKey,
  }: Pick<BillingAccount, 'tenantId' | 'nameKey' | 'testClockKey'>,
  realNow: Instant,
  random: Random,
): Promise<void> {
  await enqueue(
    tx,
    {
      tenantId,
      kind: 'spread-unpaid',
      key: `${tenantId}/${nameKey}`,
      subject: { account: nameKey },
      clockKey: testClockKey,
      dueAt: null,
      hostId: null,
    },
    realNow,
    random,
  )
}

/**
 * Puts the suspension `Unpaid` on every subscription of an account whose grace is over, or lifts
 * exactly that one once the account owes nothing that is overdue. Each in its own transaction,
 * which asks the account again: a payment may have come meanwhile.
 */
export async function spreadUnpaid(
  work: ClaimedWork,
  dependencies: SpreadUnpaidDependencies,
): Promise<WorkOutcome> {
  const { database, clock, wakeWorkers } = dependencies
  const name = String(work.subject['account'])
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const account = await readBillingAccount(database.db, work.tenantId, name)
    assert(account !== null, 'a billing account is never removed')
    const batch = await readOutOfStep(database, account, after)
    for (const subscriptionId of batch) {
      await followAccount(subscriptionId, name, clock.now(), dependencies)
    }
    wakeWorkers()
    const last = batch.at(-1)
    if (last === undefined) return workDone
    after = last
  }
}

/** Those that are not suspended as `Unpaid` although they should be, or the other way round. */
async function readOutOfStep(
  { db }: Database<Schema>,
  account: BillingAccount,
  after: string,
): Promise<readonly string[]> {
  const isUnpaid = account.unpaidSince !== null
  const rows = await db
    .selectFrom('subscriptions as s')
    .select('s.subscription_id')
    .where('s.tenant_id', '=', account.tenantId)
    .where('s.billing_account_key', '=', account.nameKey)
    .where('s.purge_started_at', 'is', null)
    .where('s.subscription_id', '>', after)
    .where(
      sql<boolean>`exists (select from suspensions u where u.subscription_id = s.subscription_id
        and u.reason = 'Unpaid') <> ${isUnpaid}`,
    )
    .orderBy('s.subscription_id')
    .limit(subscriptionsPerBatch)
    .execute()
  return rows.map((row) => row.subscription_id)
}

async function followAccount(
  subscriptionId: string,
  accountName: string,
  realNow: Instant,
  dependencies: SpreadUnpaidDependencies,
): Promise<void> {
  await dependencies.database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, subscriptionId, realNow)
    if (subscription === null) return
    const account = await readBillingAccount(tx, subscription.tenantId, accountName)
    const { lifecycle, offer, now } = subscription
    const suspended =
      account === null || account.unpaidSince === null
        ? { accepted: true as const, value: decideLift(lifecycle, ['Unpaid'], now) }
        : decideSuspend(lifecycle, 'Unpaid', offer, now)
    if (!suspended.accepted) return
    const context = { actor: 'system', realNow }
    await recordLifecycle(tx, subscription, suspended.value, context, dependencies)
  })
}
