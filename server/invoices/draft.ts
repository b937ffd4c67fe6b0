import type { Kysely } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import { earlier, type Instant } from '../kernel/instant.ts'
import type { OfferName } from '../offers/offer.ts'
import { readUsage } from '../usage/read-usage.ts'
import type { Window } from '../usage/rate.ts'
import { priceBooks } from './bill-account.ts'
import { lateUsageLines } from './bill-late-usage.ts'
import { type BilledRow, readBilledSubscriptions, toBill } from './billed-subscriptions.ts'
import { billSubscription, sumOf } from './invoice-lines.ts'
import type { InvoiceLine } from './invoice.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** What one subscription comes to in the running period; minor units, before tax. */
export type DraftShare = {
  readonly subscriptionId: string
  readonly displayName: string
  /** By now. */
  readonly soFar: DraftAmounts
  /** At the period's end, if everything that runs now runs on. */
  readonly projected: DraftAmounts
}

export type DraftAmounts = {
  readonly lineCount: number
  /** Of usage and support fees. */
  readonly charged: bigint
  /** What credit and spending limit take off; not negative. */
  readonly credit: bigint
}

/** The running period of an account; it ends with the invoice. */
export function runningPeriod(account: BillingAccount): Window {
  return { from: account.billedUntil, to: account.periodEndsAt }
}

/**
 * A page of what an account's next invoice comes to by now, reckoned as the invoice itself is.
 *
 * @param now on the account's clock.
 */
export async function draftInvoice(
  db: Reader,
  account: BillingAccount,
  now: Instant,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly DraftShare[]> {
  const period = runningPeriod(account)
  const rows = await readBilledSubscriptions(db, account, period, { ...page, withLateUsage: true })
  if (rows.length === 0) return []
  const late = Map.groupBy(
    await lateUsageLines(db, account, priceBooks(db, account), rows.map(idOf)),
    ({ subscriptionId }) => subscriptionId,
  )
  const soFar = await billRows(db, account, rows, { ...period, to: earlier(now, period.to) })
  const projected = await billRows(db, account, rows, period)
  return rows.map((row) => {
    const id = idOf(row)
    const missed = late.get(id) ?? []
    return {
      subscriptionId: id,
      displayName: row.display_name,
      soFar: amountsOf([...(soFar.get(id) ?? []), ...missed]),
      projected: amountsOf([...(projected.get(id) ?? []), ...missed]),
    }
  })
}

async function billRows(
  db: Reader,
  account: BillingAccount,
  rows: readonly BilledRow[],
  window: Window,
): Promise<ReadonlyMap<string, readonly InvoiceLine[]>> {
  const lines = new Map<string, readonly InvoiceLine[]>()
  if (window.to <= window.from) return lines
  const priceBook = priceBooks(db, account)
  const usage = await readUsage(db, rows, window)
  for (const row of rows) {
    const used = usage.get(idOf(row))
    if (used === undefined) continue
    const prices = await priceBook(row.offer as OfferName)
    const billed = billSubscription(toBill(row, used), prices, account.currency, window)
    lines.set(idOf(row), billed.lines)
  }
  return lines
}

function idOf(row: BilledRow): string {
  return row.subscription_id
}

function amountsOf(lines: readonly InvoiceLine[]): DraftAmounts {
  const taken = lines.filter(({ kind }) => kind === 'credit' || kind === 'overLimit')
  const credit = -sumOf(taken)
  return { lineCount: lines.length, charged: sumOf(lines) + credit, credit }
}
