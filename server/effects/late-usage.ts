import type { Transaction } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import type { LockedSubscription } from '../subscriptions/store.ts'

/** An interval of a resource that was only now put on record. */
export type FoundInterval = {
  readonly uid: string
  readonly meter: string
  readonly rate: bigint
  readonly opened_at: bigint
  readonly closed_at: bigint | null
}

/**
 * Keeps for the next invoice what intervals that were found late say of a time that is invoiced
 * already. The account's row is shared until the transaction ends: an invoice is issued either
 * before, and then this is late, or after, and then it reads these intervals itself.
 *
 * @returns whether anything is late: an invoice must then be planned for it.
 */
export async function recordLateUsage(
  tx: Transaction<Schema>,
  { tenantId, subscriptionId, billingAccountKey }: LockedSubscription,
  found: readonly FoundInterval[],
): Promise<boolean> {
  if (found.length === 0) return false
  const account = await tx
    .selectFrom('billing_accounts')
    .select('billed_until')
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', billingAccountKey)
    .forShare()
    .executeTakeFirst()
  assert(account !== undefined, 'the billing account of a subscription is never removed')
  const billedUntil = account.billed_until
  const late = found.flatMap(({ uid, meter, rate, opened_at, closed_at }) => {
    const end = closed_at === null || closed_at > billedUntil ? billedUntil : closed_at
    if (opened_at >= end || rate === 0n) return []
    return [{ uid, meter, rate, from_at: instantOf(opened_at), to_at: instantOf(end) }]
  })
  if (late.length === 0) return false
  const owner = {
    tenant_id: tenantId,
    account_key: billingAccountKey,
    subscription_id: subscriptionId,
  }
  await tx
    .insertInto('late_usage')
    .values(late.map((usage) => ({ ...owner, ...usage })))
    .execute()
  return true
}
