import { type Transaction, sql } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'

/**
 * Whether anything of an account is, or will be, charged for a time after an instant, or, unless
 * only that is asked, was used before and is not billed yet.
 */
export async function isChargedAfter(
  tx: Transaction<Schema>,
  { tenantId, nameKey }: Pick<BillingAccount, 'tenantId' | 'nameKey'>,
  at: Instant,
  { withLateUsage }: { readonly withLateUsage: boolean } = { withLateUsage: true },
): Promise<boolean> {
  const { rows } = await sql<{ charged: boolean }>`select (
    exists (select from subscriptions s
      join billable_intervals b on b.subscription_id = s.subscription_id
      where s.tenant_id = ${tenantId}::uuid and s.billing_account_key = ${nameKey}::text
        and (b.closed_at is null or b.closed_at > ${at}::int8))
    or exists (select from subscriptions s
      where s.tenant_id = ${tenantId}::uuid and s.billing_account_key = ${nameKey}::text
        and s.term_renews is not null and s.offer like 'Support%' and s.term_ends_at > ${at}::int8)
    or ${withLateUsage} and exists (select from late_usage l
      where l.tenant_id = ${tenantId}::uuid and l.account_key = ${nameKey}::text
        and l.document_id is null)) as charged`.execute(tx)
  return rows[0]?.charged === true
}
