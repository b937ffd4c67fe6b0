import { type Transaction, sql } from 'kysely'
import { lockAccountAt } from '../billing-accounts/lock-at.ts'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import type { Instant } from '../kernel/instant.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { afterTermEnd, awaitsTermEnd } from './awaited-terms.ts'
import { isChargedAfter } from './charged-after.ts'
import { type IssueDependencies, closePeriod } from './issue.job.ts'

/**
 * Closes the cycle of an account on which nothing is charged any more, and invoices it now. Of one
 * that is in use again, or that has another subscription, the usual date stands. What comes back
 * after the close begins a new cycle.
 */
export async function closeCycle(
  work: ClaimedWork,
  dependencies: IssueDependencies,
): Promise<WorkOutcome> {
  const { database, clock } = dependencies
  const realNow = clock.now()
  const name = String(work.subject['account'])
  for (;;) {
    const found = await database.transaction(
      async (tx) => {
        const account = await lockAccountAt(tx, work.tenantId, name, realNow, 'sharing')
        assert(account !== null, 'a billing account is never removed')
        if (account.lastSubscriptionInvoice === 'usualDate') return 'last'
        const end = await lastCharge(tx, account)
        if (end === null || end <= account.billedUntil) return 'last'
        // What came late is on the invoice that closes the cycle.
        if (await isChargedAfter(tx, account, end, { withLateUsage: false })) return 'last'
        if (await awaitsTermEnd(tx, account, end)) return 'early'
        // A period that ended on its usual date before has an invoice of its own.
        const usual = account.periodEndsAt
        if (usual < end) {
          await closePeriod(tx, account, { end: usual, issuedAt: usual }, realNow, dependencies)
          return 'closed'
        }
        // Everything is charged up to the last suspension, which lies behind: nothing is missing.
        await closePeriod(tx, account, { end, issuedAt: account.now }, realNow, dependencies)
        return 'last'
      },
      'close cycle',
      'none',
    )
    if (found === 'last') return workDone
    if (found === 'early') return afterTermEnd(realNow)
  }
}

async function lastCharge(
  tx: Transaction<Schema>,
  { tenantId, nameKey }: BillingAccount,
): Promise<Instant | null> {
  const row = await tx
    .selectFrom('subscriptions as s')
    .innerJoin('billable_intervals as b', 'b.subscription_id', 's.subscription_id')
    .select(sql<bigint | null>`max(b.closed_at)`.as('closed'))
    .where('s.tenant_id', '=', tenantId)
    .where('s.billing_account_key', '=', nameKey)
    .executeTakeFirstOrThrow()
  return row.closed === null ? null : instantOf(row.closed)
}
