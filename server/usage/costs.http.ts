import { accountNow } from '../billing-accounts/now.ts'
import { type BillingAccount, readBillingAccount } from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type BilledOne, billOne } from '../invoices/bill-subscription.ts'
import { runningPeriod } from '../invoices/draft.ts'
import { sumOf } from '../invoices/invoice-lines.ts'
import type { InvoiceLine } from '../invoices/invoice.ts'
import { resourceIdsOf } from '../invoices/name-resources.ts'
import { assert } from '../kernel/assert.ts'
import { type Currency, formatAmount, minorUnitsOf } from '../kernel/currency.ts'
import { formatDecimal, formatFixed } from '../kernel/decimal.ts'
import { type Fraction, fraction, reduce, subtract } from '../kernel/fraction.ts'
import { type Instant, earlier, formatInstant } from '../kernel/instant.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { type Subscription, subscriptionScope } from '../subscriptions/store.ts'
import { type CostGrouping, type CostShare, costGroupings, exactCost, groupCosts } from './costs.ts'
import { rateDaily } from './daily.ts'
import { periodBefore, takenOffByInvoice } from './periods.ts'
import { type Window, rateUsage } from './rate.ts'

export type CostDependencies = { readonly database: Database<Schema> }

type Db = Database<Schema>['db']

const costsPath = 'providers/Reprieve.Lifecycle/costs'
const periods = ['current', 'last'] as const

/** Decimals of an unrounded cost; `exact` has all of it. */
const costDecimals = 18

/** What one subscription costs, before tax, up to this second. */
export function costOperation({ database }: CostDependencies): Operation {
  return operation({
    name: 'Costs_Get',
    method: 'GET',
    paths: [`/subscriptions/:subscriptionId/${costsPath}`],
    type: 'Reprieve.Lifecycle/costs',
    apiVersions: lifecycleApiVersions,
    action: 'Reprieve.Lifecycle/costs/read',
    whenSuspended: { allow: 'it reads' },
    handle: (request) => getCosts(request, database),
  })
}

async function getCosts(
  request: OperationRequest,
  { db }: Database<Schema>,
): Promise<OperationResponse> {
  const { query, params, subscription, realNow } = request
  const page = orRefuse(readPage(query))
  const asked = {
    period: oneOf(query, 'period', periods),
    by: oneOf(query, 'by', costGroupings),
  }
  if (subscription === null) {
    const subscriptionId = String(params['subscriptionId'])
    return refuseRequest('subscriptionNotFound', { subscriptionId })
  }
  const { tenantId, billingAccountKey } = subscription
  const account = await readBillingAccount(db, tenantId, billingAccountKey)
  assert(account !== null, 'a billing account is never removed')
  const now = await accountNow(db, account, realNow)
  const { window, shares, properties } = await readCosts(db, account, subscription, asked, now)
  const path = `${subscriptionScope(subscription.subscriptionId)}/${costsPath}`
  const after = page.after?.[0] ?? null
  const rest = after === null ? shares : shares.filter(({ key }) => key > after)
  const paged = pageOf(rest, page, ({ key }) => [key], { ...request, path })
  const keys = asked.by === 'resource' ? paged.rows.map(({ key }) => key) : []
  const ids = await resourceIdsOf(db, keys)
  const about = {
    currency: account.currency,
    ...asked,
    from: formatInstant(window.from),
    to: formatInstant(window.to),
    asOf: formatInstant(now),
  }
  const { nextLink, rows } = paged
  const value = rows.map((share) => showShare(share, asked.by, account.currency, ids))
  const shown = { id: path, name: 'costs', type: 'Reprieve.Lifecycle/costs' }
  return {
    status: 200,
    body: { ...shown, properties: { ...about, ...properties }, value, nextLink },
  }
}

/** What was used in the period by now: in parts, in all, and what it will come to. */
async function readCosts(
  db: Db,
  account: BillingAccount,
  subscription: Subscription,
  { period, by }: { readonly period: (typeof periods)[number]; readonly by: CostGrouping },
  now: Instant,
) {
  const running = runningPeriod(account)
  const window = period === 'current' ? running : await periodBefore(db, account)
  const untilNow = (whole: Window): Window => ({ from: whole.from, to: earlier(now, whole.to) })
  const used = untilNow(window)
  const billed = await billOne(db, account, subscription, used)
  const daily = rateDaily(billed.usage, billed.prices, used)
  const invoiced =
    period === 'current'
      ? null
      : await takenOffByInvoice(db, account, subscription.subscriptionId, window)
  const current =
    period === 'current' ? billed : await billOne(db, account, subscription, untilNow(running))
  // At the period's end, if everything that runs now runs on.
  const projected = period === 'last' ? null : await billOne(db, account, subscription, window)
  return {
    window,
    shares: groupCosts(daily, charges(billed.lines), by),
    properties: {
      ...showTotals(account, billed, used, invoiced ?? takenOff(billed)),
      projection:
        projected === null ? null : showTotals(account, projected, window, takenOff(projected)),
      credit: creditLeft(current, account.currency),
    },
  }
}

/** The first of them unless one is named. */
function oneOf<Value extends string>(
  query: OperationRequest['query'],
  parameter: string,
  values: readonly [Value, ...Value[]],
): Value {
  const asked = query[parameter]
  if (asked === undefined) return values[0]
  const found = values.find((value) => value === asked.toLowerCase())
  if (found !== undefined) return found
  return refuseRequest('invalidParameter', { parameter, problem: { kind: 'oneOf', values } })
}

/** Without what credit and a spending limit take off. */
function charges(lines: readonly InvoiceLine[]): readonly InvoiceLine[] {
  return lines.filter(({ kind }) => kind === 'usage' || kind === 'support')
}

/** By what is left of its credit, and by its spending limit. */
function takenOff({ lines }: BilledOne): bigint {
  return sumOf(charges(lines)) - sumOf(lines)
}

function showTotals(
  { currency }: BillingAccount,
  billed: BilledOne,
  window: Window,
  takenOffMinor: bigint,
) {
  const charged = sumOf(charges(billed.lines))
  const cost = exactCost(rateUsage(billed.usage, billed.prices, window))
  return {
    ...showCost(cost, currency),
    ...showCharged(charged, cost, currency),
    takenOff: formatAmount(takenOffMinor, currency),
  }
}

/** What is left of a trial's credit after what was used by now; null: it never had one. */
function creditLeft({ credit, creditUsed }: BilledOne, currency: Currency) {
  if (credit === null) return null
  const left = formatAmount(credit.left - creditUsed, currency)
  return { left, expiresAt: formatInstant(credit.expiresAt) }
}

function showShare(
  { key, cost, charged }: CostShare,
  by: CostGrouping,
  currency: Currency,
  resourceIds: ReadonlyMap<string, string>,
) {
  const named =
    by === 'resource'
      ? { uid: key === '' ? null : key, resourceId: resourceIds.get(key) ?? null }
      : { [by]: key }
  const rounded = charged === null ? {} : showCharged(charged, cost, currency)
  return { ...named, ...showCost(cost, currency), ...rounded }
}

function showCost(cost: Fraction, currency: Currency) {
  const { numerator, denominator } = reduce(cost)
  return {
    cost: formatDecimal(cost, costDecimals),
    exact: `${numerator}/${denominator}`,
    rounded: formatFixed(cost, minorUnitsOf(currency)),
  }
}

/** What the invoice's lines come to, each rounded once, and how much that is more than the cost. */
function showCharged(charged: bigint, cost: Fraction, currency: Currency) {
  const major = fraction(charged, 10n ** BigInt(minorUnitsOf(currency)))
  return {
    charged: formatAmount(charged, currency),
    difference: formatDecimal(subtract(major, cost), costDecimals),
  }
}
