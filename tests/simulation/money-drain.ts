import { sql } from 'kysely'
import { verifyEvents, chainStart } from '../../api/event-chain.ts'
import { readEvents } from '../../server/events/read.ts'
import { moneyContradictions } from '../kill/money-contradictions.ts'
import { keep } from './broken.ts'
import type { Core } from './core.ts'
import { checkCredits, checkInvoice, usedInTime } from './invoice-checks.ts'
import { type Account, accountKey, amountDue, invoicesOf, readLines, timeAt } from './ledger.ts'
import { isInStep } from './money-orders.ts'
import { costOf, lateIn, modelsOf, rounded } from './reckoning.ts'
import { textOf } from './rows.ts'

const day = 86_400_000

/** Nothing is left to do: what is owed has had its effect, and every account is reckoned anew. */
export async function checkSettled(core: Core): Promise<void> {
  for (const account of core.rows.accounts) {
    const key = accountKey(account)
    const now = timeAt(core, account)
    const grace = invoicesOf(core.rows, account).find(
      (one) => amountDue(one) > 0n && Number(one.due_at) + 30 * day <= now,
    )
    const unpaid = account.unpaid_since !== null
    keep(3, unpaid || grace === undefined, () => `${key}: ${grace?.name} had no consequence`)
    for (const model of modelsOf(core, account)) {
      const inStep = isInStep(core, account, model)
      keep(3, inStep, () => `${model.id}: its account is unpaid ${unpaid}, and it is not so`)
    }
    await checkHistory(core, account)
    reckon(core, account)
  }
  for (const { document_id, name } of core.rows.documents) {
    const same =
      textOf(await readLines(core, document_id)) === textOf(core.ledger.lines.get(document_id))
    keep(11, same, () => `${name}: its lines have changed since it was issued`)
  }
  checkCredits(core)
  for (const [what, query] of Object.entries(moneyContradictions)) {
    const { rows } = await sql.raw(query).execute(core.database.db)
    keep(11, rows.length === 0, () => `the database has ${what}: ${textOf(rows)}`)
  }
  for (const model of core.models.values()) checkCoverage(core, model.id)
}

/**
 * Everything that was used from the first day to the last invoice is on an invoice, and once; a
 * period without one comes to nothing, line by line.
 */
function reckon(core: Core, account: Account): void {
  const key = accountKey(account)
  const invoices = invoicesOf(core.rows, account)
  const bounds = core.ledger.bounds.get(key) ?? []
  bounds.slice(1).forEach((to, index) => {
    const from = bounds[index] ?? to
    const invoice = invoices.find((one) => Number(one.period_from) === from)
    if (invoice !== undefined) return checkInvoice(core, account, invoice)
    comesToNothing(account, usedInTime(core, account, { from, to }))
  })
  const issued = new Set(invoices.map((one) => one.document_id))
  for (const row of core.rows.late) {
    if (row.tenant_id !== account.tenant_id || row.account_key !== account.name_key) continue
    // Billed in a period that came to nothing altogether.
    if (row.document_id === null || issued.has(row.document_id)) continue
    comesToNothing(account, lateIn(core, account, [row], { from: 0, to: Infinity }))
  }
}

function comesToNothing(account: Account, used: ReadonlyMap<string, bigint>): void {
  for (const [key, amount] of used) {
    const [, , meter = '', price = ''] = key.split('/')
    const cost = rounded(costOf(meter, price, amount, account.currency))
    keep(11, cost === 0n, () => `${accountKey(account)}: ${amount} of ${key} is on no invoice`)
  }
}

/** Each document is an event of the account's history, and each payment. */
async function checkHistory(core: Core, account: Account): Promise<void> {
  const stream = { tenantId: account.tenant_id, stream: `account/${account.name_key}` }
  const page = { after: 0, limit: 10_000 }
  const events = await readEvents(core.database.db, stream, page, core.masterKey)
  const { problems } = verifyEvents(chainStart, events)
  const key = accountKey(account)
  keep(13, problems.length === 0, () => `${key}: ${JSON.stringify(problems)}`)
  const told = (type: string): string[] =>
    events
      .filter((event) => event.type === type)
      .map((event) => String((event.data as { document?: unknown }).document))
      .toSorted()
  const issued = invoicesOf(core.rows, account)
  const names = issued.map(({ name }) => name).toSorted()
  keep(13, textOf(told('InvoiceIssued')) === textOf(names), () => `${key}: invoices untold`)
  const paid = core.rows.payments.flatMap(({ document_id }) =>
    issued.filter((one) => one.document_id === document_id).map(({ name }) => name),
  )
  const came = textOf(told('PaymentRecorded')) === textOf(paid.toSorted())
  keep(13, came, () => `${key}: payments untold`)
}

/** What is still there was metered for all the time in which it was charged, without a gap. */
function checkCoverage(core: Core, id: string): void {
  const model = core.models.get(id)
  if (model === undefined) return
  for (const resource of core.rows.resources) {
    if (resource.subscription_id !== id || resource.deleted_at !== null) continue
    if (resource.destroyed_at !== null) continue
    const ran = core.rows.metered.filter((one) => one.uid === resource.uid)
    for (const charged of model.intervals) {
      const from = Math.max(charged.from, Number(resource.created_at))
      let at = from
      for (const one of ran) {
        if (Number(one.opened_at) > at) break
        at = Math.max(at, Number(one.closed_at ?? Infinity))
      }
      const whole = from >= (charged.to ?? Infinity) || at >= (charged.to ?? Infinity)
      keep(11, whole, () => `${resource.uid}: not metered from ${at} on, while it was charged`)
    }
  }
}
