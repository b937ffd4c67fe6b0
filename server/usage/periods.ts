import { type Kysely, sql } from 'kysely'
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

/**
 * What an invoice took off a subscription's charges of its period, by credit and spending limit;
 * minor units, not negative. Null: the period was not invoiced. Both may be others since: the
 * credit less by what this very invoice used, the spending limit gone by an upgrade.
 */
export async function takenOffByInvoice(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  { tenantId, nameKey }: Pick<BillingAccount, 'tenantId' | 'nameKey'>,
  subscriptionId: string,
  { from, to }: Window,
): Promise<bigint | null> {
  const invoice = await db
    .selectFrom('documents')
    .select('document_id')
    .where('tenant_id', '=', tenantId)
    .where('account_key', '=', nameKey)
    .where('type', '=', 'Invoice')
    .where('period_from', '=', BigInt(from))
    .where('period_to', '=', BigInt(to))
    .executeTakeFirst()
  if (invoice === undefined) return null
  const row = await db
    .selectFrom('document_lines')
    .select(sql<string | null>`-sum(cost)`.as('cost'))
    .where('document_id', '=', invoice.document_id)
    .where('subscription_id', '=', subscriptionId)
    .where('kind', 'in', ['credit', 'overLimit'])
    // What was taken off usage that came late is of the period before.
    .where('from_at', '>=', BigInt(from))
    .executeTakeFirstOrThrow()
  return BigInt(row.cost ?? 0)
}
