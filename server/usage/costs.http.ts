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
import { earlier, formatInstant } from '../kernel/instant.ts'
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
import { type CostGrouping, type CostShare, costGroupings, exactCost, groupCosts } from './costs.ts'
import { rateDaily } from './daily.ts'
import { periodBefore } from './periods.ts'
import { type Window, rateUsage } from './rate.ts'

export type CostDependencies = { readonly database: Database<Schema> }

const periods = ['current', 'last'] as const

/** Decimals of an unrounded cost; `exact` has all of it. */
const costDecimals = 18

/** What one subscription costs, before tax, up to this second. */
export function costOperation({ database }: CostDependencies): Operation {
  return operation({
    name: 'Costs_Get',
    method: 'GET',
    paths: ['/subscriptions/:subscriptionId/providers/Reprieve.Lifecycle/costs'],
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
  const period = oneOf(query, 'period', periods)
  const by = oneOf(query, 'by', costGroupings)
  if (subscription === null) {
    return refuseRequest('subscriptionNotFound', {
      subscriptionId: String(params['subscriptionId']),
    })
  }
  const account = await readBillingAccount(
    db,
    subscription.tenantId,
    subscription.billingAccountKey,
  )
  assert(account !== null, 'a billing account is never removed')
  const now = await accountNow(db, account, realNow)
  const running = runningPeriod(account)
  const whole = period === 'current' ? running : await periodBefore(db, account)
  const window = { from: whole.from, to: earlier(now, whole.to) }
  const billed = await billOne(db, account, subscription, window)
  const shares = groupCosts(
    rateDaily(billed.usage, billed.prices, window),
    charges(billed.lines),
    by,
  )
  const path = `/subscriptions/${subscription.subscriptionId}/providers/Reprieve.Lifecycle/costs`
  const after = page.after?.[0] ?? null
  const rest = after === null ? shares : shares.filter(({ key }) => key > after)
  const paged = pageOf(rest, page, ({ key }) => [key], { ...request, path })
  const ids =
    by === 'resource'
      ? await resourceIdsOf(
          db,
          paged.rows.map(({ key }) => key),
        )
      : null
  return {
    status: 200,
    body: {
      id: path,
      name: 'costs',
      type: 'Reprieve.Lifecycle/costs',
      properties: {
        currency: account.currency,
        by,
        period,
        from: formatInstant(whole.from),
        to: formatInstant(whole.to),
        asOf: formatInstant(now),
        ...showTotals(account, billed, window),
        projection: period === 'last' ? null : await projectionOf(db, request, account, whole),
        credit: await creditLeft(db, request, account, {
          ...running,
          to: earlier(now, running.to),
        }),
      },
      value: paged.rows.map((share) => showShare(share, by, account.currency, ids)),
      nextLink: paged.nextLink,
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

function showTotals({ currency }: BillingAccount, billed: BilledOne, window: Window) {
  const charged = sumOf(charges(billed.lines))
  const cost = exactCost(rateUsage(billed.usage, billed.prices, window))
  return {
    ...showCost(cost, currency),
    ...showCharged(charged, cost, currency),
    takenOff: formatAmount(charged - sumOf(billed.lines), currency),
  }
}

/** What the period comes to at its end, if everything that runs now runs on. */
async function projectionOf(
  db: Database<Schema>['db'],
  { subscription }: OperationRequest,
  account: BillingAccount,
  period: Window,
) {
  assert(subscription !== null, 'the path names a subscription')
  const billed = await billOne(db, account, subscription, period)
  return showTotals(account, billed, period)
}

/** What is left of a trial's credit after what was used by now; null: it never had one. */
async function creditLeft(
  db: Database<Schema>['db'],
  { subscription }: OperationRequest,
  account: BillingAccount,
  window: Window,
) {
  assert(subscription !== null, 'the path names a subscription')
  const { credit, creditUsed } = await billOne(db, account, subscription, window)
  if (credit === null) return null
  return {
    left: formatAmount(credit.left - creditUsed, account.currency),
    expiresAt: formatInstant(credit.expiresAt),
  }
}

function showShare(
  { key, cost, charged }: CostShare,
  by: CostGrouping,
  currency: Currency,
  resourceIds: ReadonlyMap<string, string> | null,
) {
  const named =
    by === 'resource'
      ? { uid: key === '' ? null : key, resourceId: resourceIds?.get(key) ?? null }
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
