import { type Transaction, sql } from 'kysely'
import type { LockedAccount } from '../billing-accounts/lock-at.ts'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { planSpread } from './spread-unpaid.job.ts'

/**
 * After something was paid or credited: the account is past due, and suspended, only for invoices
 * that still are. What it owes nothing for any more is lifted at once.
 */
export async function settleAccount(
  tx: Transaction<Schema>,
  account: LockedAccount,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const overdue = await tx
    .selectFrom('documents')
    .select(sql<bigint | null>`min(overdue_at)`.as('since'))
    .where('tenant_id', '=', account.tenantId)
    .where('account_key', '=', account.nameKey)
    .where('overdue_at', 'is not', null)
    .where('voided_at', 'is', null)
    .where(sql<boolean>`paid + credited < total`)
    .executeTakeFirstOrThrow()
  if (overdue.since !== null || account.overdueSince === null) return
  await tx
    .updateTable('billing_accounts')
    .set({ overdue_since: null, unpaid_since: null })
    .where('tenant_id', '=', account.tenantId)
    .where('name_key', '=', account.nameKey)
    .execute()
  if (account.unpaidSince !== null) await planSpread(tx, account, realNow, random)
}
