import { type Transaction, sql } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type OfferName, offers } from '../offers/offer.ts'
import type { MeterName } from '../prices/meter.ts'
import type { PriceBook } from '../prices/price-book.ts'
import { limitedUntil } from './billed-subscriptions.ts'
import { type BilledSubscription, billSubscription } from './invoice-lines.ts'
import type { InvoiceLine } from './invoice.ts'

/**
 * Usage that came on record after its period was invoiced: lines of their own, for their own time
 * and at its prices. Marked with the document, in the same transaction.
 */
export async function billLateUsage(
  tx: Transaction<Schema>,
  account: BillingAccount,
  documentId: string,
  priceBook: (offer: OfferName) => Promise<PriceBook>,
): Promise<readonly InvoiceLine[]> {
  const lines = await lateUsageLines(tx, account, priceBook)
  await tx
    .updateTable('late_usage')
    .set({ document_id: documentId })
    .where('tenant_id', '=', account.tenantId)
    .where('account_key', '=', account.nameKey)
    .where('document_id', 'is', null)
    .execute()
  return lines
}

/** What is not billed yet. What a spending limit stopped is never charged, late or not. */
export async function lateUsageLines(
  db: Pick<Transaction<Schema>, 'selectFrom'>,
  account: BillingAccount,
  priceBook: (offer: OfferName) => Promise<PriceBook>,
  /** Of these subscriptions only; null: of all. */
  subscriptionIds: readonly string[] | null = null,
): Promise<readonly InvoiceLine[]> {
  let query = db
    .selectFrom('late_usage as l')
    .innerJoin('subscriptions as s', 's.subscription_id', 'l.subscription_id')
    .select(['l.subscription_id', 'l.uid', 'l.meter', 'l.rate', 'l.from_at', 'l.to_at'])
    .leftJoin('credits as c', 'c.subscription_id', 'l.subscription_id')
    .select(['s.offer', 's.display_name', 'c.limited_until'])
    .where('l.tenant_id', '=', account.tenantId)
    .where('l.account_key', '=', account.nameKey)
    .where('l.document_id', 'is', null)
    .orderBy('l.subscription_id')
    .orderBy('l.uid')
    .orderBy('l.meter')
    .orderBy('l.from_at')
  if (subscriptionIds !== null) {
    query = query.where('l.subscription_id', '=', sql<string>`any(${subscriptionIds}::uuid[])`)
  }
  const rows = await query.execute()
  const lines: InvoiceLine[] = []
  for (const row of rows) {
    const offer = offers[row.offer as OfferName]
    const window = { from: instantOf(row.from_at), to: instantOf(row.to_at) }
    const time = { openedAt: window.from, closedAt: window.to }
    const subscription: BilledSubscription = {
      subscriptionId: row.subscription_id,
      displayName: row.display_name === '' ? row.subscription_id : row.display_name,
      limitedUntil: limitedUntil(row),
      credit: null,
      usage: {
        subscriptionId: row.subscription_id,
        billable: [time],
        intervals: [{ uid: row.uid, meter: row.meter as MeterName, rate: row.rate, ...time }],
        months: [],
      },
    }
    const prices = await priceBook(offer.name)
    lines.push(...billSubscription(subscription, prices, account.currency, window).lines)
  }
  return lines
}
