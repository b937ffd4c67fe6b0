import { keep } from './broken.ts'
import type { Core } from './core.ts'
import { type Account, accountKey, amountDue, invoicesOf, timeAt } from './ledger.ts'
import { type SubscriptionModel, isSupport } from './model.ts'
import { addUsed, exactSum, modelsOf } from './reckoning.ts'

const hour = 3_600_000
const day = 24 * hour

/** Promise 3: no date that has to do with money is stored without the work that acts on it. */
export function checkOrders(core: Core, account: Account): void {
  const key = accountKey(account)
  const models = modelsOf(core, account)
  const until = Number(account.billed_until)
  const late = core.rows.late.some(
    (row) =>
      row.tenant_id === account.tenant_id &&
      row.account_key === account.name_key &&
      row.document_id === null,
  )
  if (late || models.some((model) => isChargedAfter(model, until))) {
    const due = dueOf(core, 'invoice', key, account)
    const date = Number(account.period_ends_at)
    const usual = date > until && date - until <= 31 * day
    keep(11, usual, () => `${key}: a period from ${until} to ${date}`)
    const latest = account.test_clock_key === null ? date + hour : date
    const planned = due !== null && due <= latest
    keep(3, planned, () => `${key}: nobody will invoice what is charged since ${until}`)
  }
  checkPursuit(core, account)
  checkSpread(core, account, models)
  for (const model of models) {
    checkTermEnd(core, account, model)
    checkLimit(core, account, model)
  }
}

/** When an order is to be carried out; null: there is none. Wanted now is 0. */
function dueOf({ rows }: Core, kind: string, key: string, account: Account): number | null {
  const found = rows.work.find((row) => row.kind === kind && row.key === key)
  if (found === undefined) return null
  const clocked = found.clock_key === account.test_clock_key
  keep(14, clocked, () => `${kind} of ${key} follows another clock than its account`)
  return Number(found.due_at ?? 0)
}

export function isChargedAfter(model: SubscriptionModel, at: number): boolean {
  if (model.intervals.some(({ to }) => to === null || to > at)) return true
  return isSupport(model) && model.term !== null && model.term.endsAt > at
}

/** Somebody asks for every invoice that is not paid, until its grace is over. */
function checkPursuit(core: Core, account: Account): void {
  for (const invoice of invoicesOf(core.rows, account)) {
    if (amountDue(invoice) <= 0n) continue
    const { name } = invoice
    const graceEnds = Number(invoice.due_at) + 30 * day
    const due = dueOf(core, 'invoice-due', `${account.tenant_id}/${name}`, account)
    const over = account.unpaid_since !== null && timeAt(core, account) >= graceEnds
    keep(3, over || due !== null, () => `${name} is not paid, and nobody asks for it`)
    keep(3, over || (due ?? 0) <= graceEnds, () => `${name}: asked for after its grace`)
  }
}

/** Whoever is not suspended as its account says will be. */
function checkSpread(core: Core, account: Account, models: readonly SubscriptionModel[]): void {
  const key = accountKey(account)
  const spread = dueOf(core, 'spread-unpaid', key, account) !== null
  const unpaid = account.unpaid_since !== null
  for (const model of models) {
    if (spread || isInStep(core, account, model)) continue
    keep(3, false, () => `${model.id}: its account is unpaid ${unpaid}, and nobody tells it`)
  }
}

/** Past its date, what was suspended as unpaid does not come back by a payment. */
export function isInStep(core: Core, account: Account, model: SubscriptionModel): boolean {
  const ended =
    model.purgeStartedAt !== null || (model.purgeAt ?? Infinity) <= timeAt(core, account)
  return ended || model.suspensions.has('Unpaid') === (account.unpaid_since !== null)
}

function checkTermEnd(core: Core, account: Account, model: SubscriptionModel): void {
  const due = dueOf(core, 'end-term', model.id, account)
  const { term } = model
  if (term === null || model.suspensions.has('Expired') || model.purgeStartedAt !== null) return
  keep(3, due === term.endsAt, () => `${model.id}: its term ends ${term.endsAt}, work ${due}`)
}

/** Somebody looks at a trial before, or when, its credit is used up at the rates that run now. */
function checkLimit(core: Core, account: Account, model: SubscriptionModel): void {
  if (model.offer !== 'FreeTrial' || model.suspensions.size > 0) return
  const credit = core.rows.credits.find((one) => one.subscription_id === model.id)
  if (credit === undefined || model.purgeStartedAt !== null) return
  const due = dueOf(core, 'check-credit', model.id, account)
  const now = timeAt(core, account)
  // Without an order nothing may ever be used: a year says as much.
  const at = due === null ? now + 365 * day : due - 1
  if (due !== null && at <= now) return
  const used = new Map<string, bigint>()
  addUsed(used, core, account, model, { from: Number(credit.granted_at), to: at })
  const { numerator, denominator } = exactSum(used, account.currency)
  const within = numerator < credit.amount * denominator
  const when = due === null ? 'nobody' : `only at ${due} somebody`
  keep(11, within, () => `${model.id}: ${when} will see that its credit is used up`)
}
