import { type Kysely, sql } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { priceBooks } from '../invoices/bill-account.ts'
import { billOne } from '../invoices/bill-subscription.ts'
import { roundedCost, sumOf, taxOn } from '../invoices/invoice-lines.ts'
import { lateUsageLines } from '../invoices/bill-late-usage.ts'
import { invoiceDateOf } from '../invoices/plan-invoice.ts'
import { nameResources } from '../invoices/name-resources.ts'
import { assert } from '../kernel/assert.ts'
import { formatAmount } from '../kernel/currency.ts'
import { formatDecimal, parseDecimal } from '../kernel/decimal.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'
import { type OfferName, offers } from '../offers/offer.ts'
import { meters, quantityOf } from '../prices/meter.ts'
import { priceAt } from '../prices/price-book.ts'
import type { Subscription } from '../subscriptions/store.ts'
import { monthStarts } from '../subscriptions/term.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** The plan names so many lines of the final bill; its totals hold all. */
const linesNamed = 100
/** Quantities are shown with so many decimals; what is charged is reckoned exactly. */
const quantityDecimals = 6

/**
 * What a cancel leaves to be paid for the subscription: all that was used since the last invoice.
 * Amounts are decimal texts in the currency's major units. An estimate: sizes are sampled, and a
 * price or the tax rate may change before the invoice is issued.
 */
export type FinalBill = {
  readonly currency: string
  readonly from: string
  readonly to: string
  readonly lineCount: number
  readonly lines: readonly {
    readonly resourceId: string | null
    readonly meter: string
    readonly quantity: string
    readonly unit: string
    readonly unitPrice: string
    readonly amount: string
  }[]
  readonly subTotal: string
  /** What credit and spending limit take off; not negative. */
  readonly credit: string
  readonly taxRate: string
  readonly tax: string
  readonly total: string
}

/** A support plan of the same billing account: it is not cancelled with the subscription. */
export type Commitment = {
  readonly subscriptionId: string
  readonly displayName: string
  readonly offer: string
  readonly renews: boolean
  readonly endsAt: string
  readonly currency: string
  readonly months: readonly {
    readonly startsAt: string
    readonly invoiceDate: string
    readonly amount: string
  }[]
}

export async function estimateFinalBill(
  db: Reader,
  account: BillingAccount,
  subscription: Subscription,
  billingStops: Instant,
): Promise<FinalBill> {
  const { currency, billedUntil, taxRate } = account
  const window = { from: billedUntil, to: billingStops }
  const empty = billingStops <= billedUntil
  const billed = empty ? { lines: [] } : await billOne(db, account, subscription, window)
  const late = await lateUsageLines(db, account, priceBooks(db, account), [
    subscription.subscriptionId,
  ])
  const lines = [...late, ...billed.lines]
  const used = lines.filter(({ kind }) => kind === 'usage' || kind === 'support')
  const takenOff = lines.filter(({ kind }) => kind === 'credit' || kind === 'overLimit')
  const rate = parseDecimal(taxRate)
  assert(rate !== null, `a stored tax rate is a decimal: ${taxRate}`)
  const tax = taxOn(sumOf(lines), rate)
  const named = await nameResources(db, used.slice(0, linesNamed))
  return {
    currency,
    from: formatInstant(billedUntil),
    to: formatInstant(billingStops),
    lineCount: used.length,
    lines: named.flatMap((line) => {
      if (line.meter === null || line.unitPrice === null) return []
      const meter = meters[line.meter]
      return [
        {
          resourceId: line.resourceId,
          meter: line.meter,
          quantity: formatDecimal(quantityOf(meter, line.amount), quantityDecimals),
          unit: meter.unit,
          unitPrice: line.unitPrice,
          amount: formatAmount(line.cost, currency),
        },
      ]
    }),
    subTotal: formatAmount(sumOf(used), currency),
    credit: formatAmount(-sumOf(takenOff), currency),
    taxRate,
    tax: formatAmount(tax, currency),
    total: formatAmount(sumOf(lines) + tax, currency),
  }
}

/** Every support plan of the account that still serves, with the months that are left to pay. */
export async function readCommitments(
  db: Reader,
  account: BillingAccount,
  now: Instant,
): Promise<readonly Commitment[]> {
  const rows = await db
    .selectFrom('subscriptions')
    .select(['subscription_id', 'display_name', 'offer', 'created_at'])
    .select(['term_ends_at', 'term_renews'])
    .where('tenant_id', '=', account.tenantId)
    .where('billing_account_key', '=', account.nameKey)
    .where('term_ends_at', '>', BigInt(now))
    .where('offer', 'like', 'Support%')
    .where('purge_started_at', 'is', null)
    .where(
      sql<boolean>`not exists (select from suspensions x
        where x.subscription_id = subscriptions.subscription_id and x.reason = 'Expired')`,
    )
    .orderBy('created_at')
    .orderBy('subscription_id')
    .execute()
  const { currency } = account
  const priceBook = priceBooks(db, account)
  return Promise.all(
    rows.map(async (row) => {
      const endsAt = instantOf(row.term_ends_at ?? 0n)
      const prices = (await priceBook(row.offer as OfferName)).get('support-plan-months') ?? []
      const starts = monthStarts({ boughtAt: instantOf(row.created_at), endsAt }, endsAt)
      const months = starts.filter((start) => start >= account.billedUntil)
      return {
        subscriptionId: row.subscription_id,
        displayName: row.display_name,
        offer: offers[row.offer as OfferName].name,
        renews: row.term_renews === true,
        endsAt: formatInstant(endsAt),
        currency,
        months: months.map((start) => {
          const unitPrice = priceAt(prices, start) ?? '0'
          const fee = { meter: 'support-plan-months', amount: 1n, unitPrice } as const
          return {
            startsAt: formatInstant(start),
            invoiceDate: formatInstant(invoiceDateOf(account, start)),
            amount: formatAmount(roundedCost(fee, currency), currency),
          }
        }),
      }
    }),
  )
}
