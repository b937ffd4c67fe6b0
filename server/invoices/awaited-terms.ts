import { type Transaction, sql } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import { type Instant, addMs, secondMs } from '../kernel/instant.ts'
import type { WorkOutcome } from '../work/work.ts'

/**
 * Whether a support plan's term ended before an instant and nobody has renewed or ended it yet:
 * which of its months are to be paid is not known, and an invoice for that time has to wait.
 */
export async function awaitsTermEnd(
  tx: Transaction<Schema>,
  { tenantId, nameKey }: Pick<BillingAccount, 'tenantId' | 'nameKey'>,
  before: Instant,
): Promise<boolean> {
  const { rows } = await sql<{ awaited: boolean }>`select exists (
    select from subscriptions s
    where s.tenant_id = ${tenantId}::uuid and s.billing_account_key = ${nameKey}::text
      and s.term_renews and s.offer like 'Support%' and s.term_ends_at < ${before}::int8
      and not exists (select from suspensions u
        where u.subscription_id = s.subscription_id and u.reason = 'Expired')) as awaited`.execute(
    tx,
  )
  return rows[0]?.awaited === true
}

/** The end of the term is work of its own, which is done within moments. */
export function afterTermEnd(realNow: Instant): WorkOutcome {
  const error = 'waits for the end of the term of a support plan'
  return { done: false, nextTryAt: addMs(realNow, secondMs), error }
}
