import type { Kysely } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import { priceBooks } from '../invoices/bill-account.ts'
import { type OfferName, findOffer, isSupportPlan } from '../offers/offer.ts'
import { rateDaily } from '../usage/daily.ts'
import type { SubscriptionUsage, UsageLine, Window } from '../usage/rate.ts'
import { monthsOf, readBillable } from '../usage/read-usage.ts'
import { type Position, allOf, isBefore, rowKey } from './position.ts'
import {
  type MeteredResource,
  type UsingSubscription,
  readIntervalsOf,
  readMeteredResources,
  readUsingSubscriptions,
} from './store.ts'

type Db = Pick<Kysely<Schema>, 'selectFrom'>

/** One resource, meter, unit price and day. */
export type UsageRow = { readonly subscription: UsingSubscription; readonly line: UsageLine }

export type UsagePage = {
  readonly rows: readonly UsageRow[]
  /** Where the next page begins; null: this is the last one. */
  readonly next: Position | null
}

/** What is asked for: usage of an account or of one of its subscriptions, in a window. */
export type UsageQuestion = {
  readonly account: BillingAccount
  /** Null: all of the account. */
  readonly subscriptionId: string | null
  readonly window: Window
}

/** So many subscriptions, and so many resources, are read at once. */
const batchSize = 200
/** After having looked at so many of both a page ends, though it may be empty. */
const lookedAtMax = 2_000

/**
 * A page of usage after a place, rated as invoices are. However large the account is, one page
 * looks at a bounded part of it.
 */
export async function readUsagePage(
  db: Db,
  question: UsageQuestion,
  after: Position,
  limit: number,
): Promise<UsagePage> {
  const { account, window } = question
  const rows: UsageRow[] = []
  if (window.to <= window.from) return { rows, next: null }
  let at = after
  let lookedAt = 0
  for (;;) {
    const batch = await readBatch(db, question, at)
    const offered = await rateBatch(db, account, window, batch)
    for (const row of offered) {
      if (!isBefore(at, placeOf(row))) continue
      if (rows.length === limit) {
        const last = rows.at(-1)
        return { rows, next: last === undefined ? at : placeOf(last) }
      }
      rows.push(row)
    }
    if (batch.end === null) return { rows, next: null }
    at = batch.end
    lookedAt += batch.subscriptions.length + batch.resources.length
    if (lookedAt >= lookedAtMax) return { rows, next: at }
  }
}

type Batch = {
  readonly subscriptions: readonly UsingSubscription[]
  readonly resources: readonly MeteredResource[]
  /** All before this place is in the batch; null: all that there is. */
  readonly end: Position | null
}

async function readBatch(
  db: Db,
  { account, subscriptionId, window }: UsageQuestion,
  from: Position,
): Promise<Batch> {
  const found = await readUsingSubscriptions(db, account, subscriptionId, from, batchSize)
  const ids = found.map((each) => each.subscription_id)
  const resources = await readMeteredResources(db, ids, window, from, batchSize)
  const lastResource = resources.at(-1)
  if (lastResource !== undefined && resources.length === batchSize) {
    // More of the last subscription may follow; those after it come with the next batch.
    const isReached = ({ subscription_id }: UsingSubscription) =>
      subscription_id <= lastResource.subscriptionId
    const end = { ...lastResource, row: allOf }
    return { subscriptions: found.filter(isReached), resources, end }
  }
  const last = found.at(-1)
  const isWhole = last === undefined || found.length < batchSize
  const end = isWhole ? null : { subscriptionId: last.subscription_id, uid: allOf, row: allOf }
  return { subscriptions: found, resources, end }
}

/** All rows of a batch, in the order of their places. */
async function rateBatch(
  db: Db,
  account: BillingAccount,
  window: Window,
  { subscriptions, resources }: Batch,
): Promise<readonly UsageRow[]> {
  const ids = subscriptions.map((each) => each.subscription_id)
  const billable = await readBillable(db, ids, window)
  const intervals = await readIntervalsOf(
    db,
    resources.map(({ uid }) => uid),
    window,
  )
  const ofSubscription = Map.groupBy(resources, ({ subscriptionId }) => subscriptionId)
  const priceBook = priceBooks(db, account)
  const rows: UsageRow[] = []
  for (const subscription of subscriptions) {
    const id = subscription.subscription_id
    const prices = await priceBook(subscription.offer as OfferName)
    const usageOf = (part: Pick<SubscriptionUsage, 'intervals' | 'months'>) => {
      const usage = { subscriptionId: id, billable: billable.get(id) ?? [], ...part }
      const lines = rateDaily(usage, prices, window).toSorted((a, b) =>
        rowKey(a) < rowKey(b) ? -1 : 1,
      )
      rows.push(...lines.map((line) => ({ subscription, line })))
    }
    const offer = findOffer(subscription.offer)
    if (offer !== null && isSupportPlan(offer)) {
      usageOf({ intervals: [], months: monthsOf(subscription, window) })
    }
    for (const { uid } of ofSubscription.get(id) ?? []) {
      usageOf({ intervals: intervals.get(uid) ?? [], months: [] })
    }
  }
  return rows
}

export function placeOf({ subscription, line }: UsageRow): Position {
  return {
    subscriptionId: subscription.subscription_id,
    uid: line.uid ?? '',
    row: rowKey(line),
  }
}
