import { keep } from './broken.ts'
import type { Core } from './core.ts'
import { type Account, type Document, accountKey, amountDue, invoicesOf } from './ledger.ts'
import { checkInvoice } from './invoice-checks.ts'
import { checkOrders } from './money-orders.ts'
import type { SubscriptionModel } from './model.ts'
import type { Rows } from './rows.ts'

/** Every promise about money that can be seen in what is stored. */
export function checkMoney(core: Core): void {
  checkNumbers(core.rows)
  const seen = new Set(core.before.documents.map((one) => one.document_id))
  for (const document of core.rows.documents) {
    checkTotals(core, document)
    checkPaid(core.rows, document)
  }
  for (const account of core.rows.accounts) {
    for (const document of invoicesOf(core.rows, account)) {
      if (!seen.has(document.document_id)) checkInvoice(core, account, document)
    }
    checkStanding(core.rows, account)
    checkOrders(core, account)
  }
  for (const model of core.models.values()) checkMeters(core.rows, model)
}

/** In each series of each tenant: 1, 2, 3 and so on, as many as were given. */
function checkNumbers({ documents, series, accounts }: Rows): void {
  for (const tenant of new Set(accounts.map((one) => one.tenant_id))) {
    for (const prefix of ['INV', 'TIN', 'CRN', 'TCR']) {
      const issued = documents.filter(
        (one) => one.tenant_id === tenant && one.name.startsWith(prefix),
      )
      const last = series.find((one) => one.tenant_id === tenant && one.series === prefix)
      const given = Number(last?.last_number ?? 0)
      keep(11, given === issued.length, () => `${prefix}: a number of ${given} is missing`)
      // Read in the order of their names.
      issued.forEach(({ name, document_number }, index) => {
        const wanted = `${prefix}${String(index + 1).padStart(8, '0')}`
        const right = name === wanted && Number(document_number) === index + 1
        keep(11, right, () => `${name} stands where ${wanted} should`)
      })
    }
  }
}

/** Lines sum to the sub total, and that with its tax to the total; the tax is rounded once. */
function checkTotals({ ledger }: Core, document: Document): void {
  const { name, sub_total, tax, total, tax_rate, type } = document
  const lines = ledger.lines.get(document.document_id) ?? []
  const sum = lines.reduce((all, line) => all + line.cost, 0n)
  keep(11, sum === sub_total, () => `${name}: lines of ${sum}, a sub total of ${sub_total}`)
  keep(11, total === sub_total + tax, () => `${name}: ${sub_total} and ${tax} are not ${total}`)
  if (type !== 'Invoice') return
  // In tenths of a percent, which no rate here is finer than.
  const thousandth = sub_total * BigInt(Math.round(Number(tax_rate) * 10))
  const half = thousandth < 0n ? -500n : 500n
  const wanted = (thousandth + half) / 1000n
  keep(11, tax === wanted, () => `${name}: a tax of ${tax} at ${tax_rate} on ${sub_total}`)
}

/** What is paid came in once, and never more than is owed. */
function checkPaid({ payments, documents }: Rows, document: Document): void {
  const { name, tenant_id, document_id, paid, credited, total } = document
  const came = payments.filter((one) => one.document_id === document_id)
  const sum = came.reduce((all, one) => all + one.amount, 0n)
  keep(11, paid === sum, () => `${name}: ${paid} is paid, and ${sum} came in`)
  const notes = documents.filter(
    (one) => one.tenant_id === tenant_id && one.credit_for === name && one.type === 'CreditNote',
  )
  const back = notes.reduce((all, one) => all - one.total, 0n)
  keep(11, credited === back, () => `${name}: ${credited} is credited, by notes of ${back}`)
  const owed = total > 0n ? total : 0n
  keep(11, paid + credited <= owed, () => `${name}: ${paid} and ${credited} of ${total}`)
}

/** An account is past due, or unpaid, exactly as long as one of its overdue invoices is. */
function checkStanding(rows: Rows, account: Account): void {
  const overdue = invoicesOf(rows, account).filter(
    (one) => one.overdue_at !== null && one.voided_at === null && amountDue(one) > 0n,
  )
  const said = account.overdue_since !== null
  const is = overdue.length > 0
  keep(11, said === is, () => `${accountKey(account)}: overdue ${said}, its invoices ${is}`)
  const unpaid = account.unpaid_since !== null
  keep(11, is || !unpaid, () => `${accountKey(account)} is unpaid, and nothing is overdue`)
}

/** Promise 1: once a suspension's effects are confirmed, no meter of it runs. */
function checkMeters({ metered }: Rows, model: SubscriptionModel): void {
  if (model.suspendedSince === null || model.confirmedAt === null) return
  const runs = metered.find((one) => one.subscription_id === model.id && one.closed_at === null)
  keep(1, runs === undefined, () => `${model.id} is disabled, and ${runs?.uid} is metered`)
}
