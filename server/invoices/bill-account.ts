import { type Transaction, sql } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import { type OfferName, offers } from '../offers/offer.ts'
import type { PriceBook } from '../prices/price-book.ts'
import { readPriceBook } from '../prices/store.ts'
import { readUsage } from '../usage/read-usage.ts'
import type { Window } from '../usage/rate.ts'
import { billLateUsage } from './bill-late-usage.ts'
import { readBilledSubscriptions, toBill } from './billed-subscriptions.ts'
import { insertLines } from './document-store.ts'
import { billSubscription } from './invoice-lines.ts'
import { nameResources } from './name-resources.ts'
import type { InvoiceLine } from './invoice.ts'

/** So many subscriptions are read and rated at once: memory does not grow with the account. */
const subscriptionsPerPage = 50

/** What a bill comes to: nothing was issued yet, its lines are written. */
export type Bill = {
  readonly lineCount: number
  /** Whether any line is an amount: else there is nothing to send an invoice for. */
  readonly hasAmounts: boolean
  readonly subTotal: bigint
}

/**
 * Writes the lines of everything that an account's subscriptions used in a period, those of usage
 * that came too late for the invoice before, and takes what credit covers off the credit.
 */
export async function billAccount(
  tx: Transaction<Schema>,
  account: BillingAccount,
  documentId: string,
  window: Window,
): Promise<Bill> {
  const { tenantId } = account
  let bill: Bill = { lineCount: 0, hasAmounts: false, subTotal: 0n }
  const write = async (lines: readonly InvoiceLine[]): Promise<void> => {
    await insertLines(tx, { tenantId, documentId, firstLine: bill.lineCount + 1 }, lines)
    bill = {
      lineCount: bill.lineCount + lines.length,
      hasAmounts: bill.hasAmounts || lines.some((line) => line.cost !== 0n),
      subTotal: lines.reduce((sum, line) => sum + line.cost, bill.subTotal),
    }
  }
  const priceBook = priceBooks(tx, account)
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const asked = { after, limit: subscriptionsPerPage }
    const page = await readBilledSubscriptions(tx, account, window, asked)
    const last = page.at(-1)
    if (last === undefined) break
    after = last.subscription_id
    const usage = await readUsage(tx, page, window)
    const lines: InvoiceLine[] = []
    for (const row of page) {
      const used = usage.get(row.subscription_id)
      if (used === undefined) continue
      const prices = await priceBook(row.offer as OfferName)
      const billed = billSubscription(toBill(row, used), prices, account.currency, window)
      lines.push(...billed.lines)
      if (billed.creditUsed > 0n) await useCredit(tx, row.subscription_id, billed.creditUsed)
    }
    await write(await nameResources(tx, lines))
  }
  await write(await nameResources(tx, await billLateUsage(tx, account, documentId, priceBook)))
  return bill
}

/** The prices of each offer, read once a bill. */
export function priceBooks(
  db: Pick<Transaction<Schema>, 'selectFrom'>,
  account: BillingAccount,
): (offer: OfferName) => Promise<PriceBook> {
  const books = new Map<OfferName, Promise<PriceBook>>()
  return (offer) => {
    const of = offers[offer].prices
    const found = books.get(of) ?? readPriceBook(db, { ...account, pricesOf: of })
    books.set(of, found)
    return found
  }
}

async function useCredit(
  tx: Transaction<Schema>,
  subscriptionId: string,
  used: bigint,
): Promise<void> {
  await tx
    .updateTable('credits')
    .set({ used: sql`used + ${used}::int8` })
    .where('subscription_id', '=', subscriptionId)
    .execute()
}
