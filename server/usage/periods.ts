import type { Kysely } from 'kysely'
import { invoiceDateBefore } from '../billing-accounts/invoice-date.ts'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Window } from './rate.ts'

/**
 * The billing period before the running one: that of its invoice, and if nothing was charged in it,
 * from the usual date on.
 */
export async function periodBefore(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  { tenantId, nameKey, billedUntil, invoiceDay }: BillingAccount,
): Promise<Window> {
  const invoice = await db
    .selectFrom('documents')
    .select('period_from')
    .where('tenant_id', '=', tenantId)
    .where('account_key', '=', nameKey)
    .where('type', '=', 'Invoice')
    .where('period_to', '=', BigInt(billedUntil))
    .executeTakeFirst()
  const from =
    invoice === undefined
      ? invoiceDateBefore(billedUntil, invoiceDay)
      : instantOf(invoice.period_from)
  return { from, to: billedUntil }
}
