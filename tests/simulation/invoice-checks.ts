import { keep } from './broken.ts'
import type { Core } from './core.ts'
import { type Account, type Document, accountKey } from './ledger.ts'
import { type Line } from './remembered.ts'
import { modelsOf } from './reckoning.ts'
import { type Amounts, type Window, add, costOf, lateIn, rounded, usedIn } from './reckoning.ts'

/**
 * An invoice, line by line, against what its account used in that time by the simulation's own
 * reckoning: nothing is missing, nothing there twice, nothing of after a cancel or a term's end.
 */
export function checkInvoice(core: Core, account: Account, document: Document): void {
  const { name, document_id } = document
  const period = { from: Number(document.period_from), to: Number(document.period_to) }
  const bounds = core.ledger.bounds.get(accountKey(account)) ?? []
  const at = bounds.indexOf(period.from)
  const isPeriod = at >= 0 && bounds[at + 1] === period.to
  keep(11, isPeriod, () => `${name} is for a time that is no period of its account`)
  const lines = core.ledger.lines.get(document_id) ?? []
  const charged = lines.filter(({ meter }) => meter !== null)
  const inTime = charged.filter((line) => Number(line.from_at) === period.from)
  for (const line of inTime) {
    const whole = Number(line.to_at) === period.to
    keep(11, whole, () => `${name}: a line until ${line.to_at}, not ${period.to}`)
  }
  agree(`${name} charges`, amountsOf(inTime), usedInTime(core, account, period))
  const late = core.rows.late.filter((row) => row.document_id === document_id)
  const found = lateIn(core, account, late, { from: 0, to: Number.POSITIVE_INFINITY })
  agree(`${name} charges late`, amountsOf(charged.filter((line) => !inTime.includes(line))), found)
  for (const line of charged) checkCost(document, line)
  checkTrials(core, account, document, lines)
}

/** What was on record of a period when it was closed: all but what was found late. */
export function usedInTime(core: Core, account: Account, period: Window): Amounts {
  const used = usedIn(core, account, period)
  const late = core.rows.late.filter(
    (row) => row.tenant_id === account.tenant_id && row.account_key === account.name_key,
  )
  for (const [key, amount] of lateIn(core, account, late, period)) add(used, key, -amount)
  return used
}

function amountsOf(lines: readonly Line[]): Amounts {
  const amounts: Amounts = new Map()
  for (const { subscription_id, uid, meter, unit_price, amount } of lines) {
    add(amounts, `${subscription_id}/${uid}/${meter}/${unit_price}`, BigInt(amount))
  }
  return amounts
}

function agree(what: string, charged: Amounts, used: Amounts): void {
  for (const key of new Set([...charged.keys(), ...used.keys()])) {
    const is = charged.get(key) ?? 0n
    const wanted = used.get(key) ?? 0n
    keep(11, is <= wanted, () => `${what} ${is} of ${key}, and only ${wanted} was used`)
    keep(11, is >= wanted, () => `${what} ${is} of ${key}, and ${wanted} was used`)
  }
}

function checkCost({ name, currency }: Document, line: Line): void {
  const { meter, unit_price, amount, cost } = line
  const wanted = rounded(costOf(meter ?? '', unit_price ?? '', BigInt(amount), currency))
  keep(11, cost === wanted, () => `${name}: ${cost} for ${amount} at ${unit_price}, not ${wanted}`)
}

/** A trial is never charged, and no other subscription is given anything. */
function checkTrials(
  core: Core,
  account: Account,
  { name, period_from }: Document,
  lines: readonly Line[],
): void {
  for (const model of modelsOf(core, account)) {
    const own = lines.filter((line) => line.subscription_id === model.id)
    const given = own.filter(({ meter }) => meter === null)
    const sum = own.reduce((all, line) => all + line.cost, 0n)
    const credit = core.rows.credits.find((one) => one.subscription_id === model.id)
    keep(11, sum >= 0n, () => `${name}: ${model.id} is given ${-sum}`)
    // One that is a trial still was one when this was issued.
    if (model.offer === 'FreeTrial') {
      keep(11, sum === 0n, () => `${name}: a trial, ${model.id}, is charged ${sum}`)
    }
    if (credit === undefined) {
      keep(11, given.length === 0, () => `${name}: ${model.id} is given what is a trial's`)
      continue
    }
    const over = credit.expires_at <= period_from
    const credited = given.filter(({ kind }) => kind === 'credit')
    keep(11, !over || credited.length === 0, () => `${name}: credit that had ended`)
  }
}

/** The credit that every trial has used is the credit on its invoices, and no more than it had. */
export function checkCredits({ rows, ledger }: Core): void {
  const lines = [...ledger.lines.values()].flat()
  for (const { subscription_id, amount, used } of rows.credits) {
    const given = lines.filter(
      (line) =>
        line.subscription_id === subscription_id &&
        line.kind === 'credit' &&
        rows.documents.some(
          (one) => one.document_id === line.document_id && one.type === 'Invoice',
        ),
    )
    const sum = given.reduce((all, line) => all - line.cost, 0n)
    keep(11, sum === used, () => `${subscription_id}: credit of ${used}, ${sum} on invoices`)
    keep(11, used <= amount, () => `${subscription_id}: credit of ${used}, of ${amount}`)
  }
}
