import type { Core } from './core.ts'
import type { Account } from './ledger.ts'
import type { Price } from './remembered.ts'
import { type SubscriptionModel, isSupport, monthAfter } from './model.ts'
import type { Rows } from './rows.ts'

/**
 * What is to be charged, reckoned a second time in words of its own, from the events of each
 * subscription and the recorded rates: no rule of the product is imported.
 */

export type Window = { readonly from: number; readonly to: number }

/** Rate times milliseconds, or months, by subscription, resource, meter and unit price. */
export type Amounts = Map<string, bigint>

const never = Number.POSITIVE_INFINITY
const support = 'support-plan-months'

/** How much of each meter makes one priced unit. */
const perUnit: { readonly [meter: string]: bigint } = {
  // A GB-month: 2^30 bytes for 730 hours.
  'storage-gb-months': 1_073_741_824n * 730n * 3_600_000n,
  [support]: 1n,
}

const minorUnits: { readonly [currency: string]: bigint } = { EUR: 100n, USD: 100n, JPY: 1n }

/** What an account's subscriptions used in a window, by what is on record now. */
export function usedIn(core: Core, account: Account, window: Window): Amounts {
  const used: Amounts = new Map()
  for (const model of modelsOf(core, account)) addUsed(used, core, account, model, window)
  return used
}

export function modelsOf(core: Core, account: Account): SubscriptionModel[] {
  return [...core.models.values()].filter(
    (one) => one.tenantId === account.tenant_id && one.accountKey === account.name_key,
  )
}

export function addUsed(
  used: Amounts,
  core: Core,
  account: Account,
  model: SubscriptionModel,
  window: Window,
): void {
  for (const ran of core.rows.metered) {
    if (ran.subscription_id !== model.id) continue
    const closed = ran.closed_at === null ? never : Number(ran.closed_at)
    for (const charged of model.intervals) {
      const time = {
        from: Math.max(Number(ran.opened_at), charged.from, window.from),
        to: Math.min(closed, charged.to ?? never, window.to),
      }
      if (time.from < time.to) addPriced(used, core, account, model, ran, time)
    }
  }
  if (!isSupport(model) || model.term === null) return
  for (let month = 0; ; month += 1) {
    const start = monthAfter(model.createdAt, month)
    if (start >= model.term.endsAt || start >= window.to) return
    if (start < window.from) continue
    const price = priceAt(pricesOf(core, account, model, support), start)
    if (price !== null) add(used, `${model.id}/null/${support}/${price}`, 1n)
  }
}

/** What came on record after its time was invoiced, as far as it lies in a window. */
export function lateIn(core: Core, account: Account, late: Rows['late'], window: Window): Amounts {
  const used: Amounts = new Map()
  for (const row of late) {
    const model = core.models.get(row.subscription_id)
    const time = {
      from: Math.max(Number(row.from_at), window.from),
      to: Math.min(Number(row.to_at), window.to),
    }
    if (model !== undefined && time.from < time.to) {
      addPriced(used, core, account, model, row, time)
    }
  }
  return used
}

function addPriced(
  used: Amounts,
  core: Core,
  account: Account,
  model: SubscriptionModel,
  ran: { readonly uid: string; readonly meter: string; readonly rate: bigint },
  { from, to }: Window,
): void {
  const prices = pricesOf(core, account, model, ran.meter)
  const changes = prices.map(({ effective_at }) => Number(effective_at))
  const cuts = [from, ...changes.filter((at) => at > from && at < to), to]
  const sorted = [...new Set(cuts)].toSorted((a, b) => a - b)
  sorted.slice(1).forEach((end, index) => {
    const start = sorted[index] ?? end
    const price = priceAt(prices, start)
    if (price === null) return
    add(used, `${model.id}/${ran.uid}/${ran.meter}/${price}`, ran.rate * BigInt(end - start))
  })
}

export function add(amounts: Amounts, key: string, amount: bigint): void {
  const sum = (amounts.get(key) ?? 0n) + amount
  if (sum === 0n) amounts.delete(key)
  else amounts.set(key, sum)
}

/** The prices of the account's own list and of the installation's, oldest first. */
function pricesOf(
  core: Core,
  account: Account,
  { offer }: SubscriptionModel,
  meter: string,
): readonly Price[] {
  const named = offer === 'FreeTrial' ? 'PayAsYouGo' : offer
  const lists = ['default', account.price_list_key]
  return core.ledger.prices.filter(
    (one) =>
      lists.includes(one.price_list_key) &&
      one.offer === named &&
      one.meter === meter &&
      one.currency === account.currency,
  )
}

/** The own list's, and where it does not say anything yet, the installation's. */
function priceAt(prices: readonly Price[], at: number): string | null {
  const then = prices.filter(({ effective_at }) => Number(effective_at) <= at)
  const own = then.filter(({ price_list_key }) => price_list_key !== 'default')
  return (own.at(-1) ?? then.at(-1))?.unit_price ?? null
}

/** An exact cost in minor units: `numerator / denominator`. */
export type Exact = { readonly numerator: bigint; readonly denominator: bigint }

const scale = 10n ** 18n

export function costOf(meter: string, price: string, amount: bigint, currency: string): Exact {
  const [whole = '', decimals = ''] = price.split('.')
  const scaled = BigInt(whole + decimals.padEnd(18, '0'))
  const unit = perUnit[meter] ?? 0n
  return { numerator: amount * scaled * (minorUnits[currency] ?? 0n), denominator: unit * scale }
}

/** To a whole minor unit; a half goes away from zero. */
export function rounded({ numerator, denominator }: Exact): bigint {
  const half = numerator < 0n ? -denominator : denominator
  return (2n * numerator + half) / (2n * denominator)
}

/** Of several amounts, none rounded. All of one meter. */
export function exactSum(amounts: Amounts, currency: string): Exact {
  let sum = 0n
  let denominator = 1n
  for (const [key, amount] of amounts) {
    const [, , meter = '', price = ''] = key.split('/')
    const cost = costOf(meter, price, amount, currency)
    sum += cost.numerator
    denominator = cost.denominator
  }
  return { numerator: sum, denominator }
}
