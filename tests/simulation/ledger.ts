import { keep } from './broken.ts'
import type { Core } from './core.ts'
import type { Line } from './remembered.ts'
import { type Rows, textOf } from './rows.ts'

export type Account = Rows['accounts'][number]
export type Document = Rows['documents'][number]
export function accountKey(row: { readonly tenant_id: string; readonly name_key: string }): string {
  return `${row.tenant_id}/${row.name_key}`
}

export function invoicesOf(rows: Rows, account: Account): Document[] {
  return rows.documents.filter(
    (one) =>
      one.tenant_id === account.tenant_id &&
      one.account_key === account.name_key &&
      one.type === 'Invoice',
  )
}

export function amountDue({ total, paid, credited }: Document): bigint {
  return total - paid - credited
}

/** The account's time: its clock's, or real. */
export function timeAt(core: Core, account: Account): number {
  const clock = core.rows.clocks.find(
    (row) => row.tenant_id === account.tenant_id && row.name_key === account.test_clock_key,
  )
  return clock === undefined ? core.realNow : Number(clock.now_at)
}

/** Takes in what was issued, closed and priced since the last step. */
export async function lookAtMoney(core: Core): Promise<void> {
  const { ledger, rows, database } = core
  const lists = textOf(rows.lists)
  if (lists !== ledger.lists) {
    ledger.lists = lists
    ledger.prices = await database.db
      .selectFrom('prices')
      .selectAll()
      .orderBy('effective_at')
      .execute()
  }
  for (const document of rows.documents) {
    const id = document.document_id
    if (!ledger.lines.has(id)) ledger.lines.set(id, await readLines(core, id))
    const said = saidBy(document)
    const first = ledger.said.get(id) ?? said
    ledger.said.set(id, first)
    keep(11, said === first, () => `${document.name} was issued and says something else now`)
  }
  for (const account of rows.accounts) takeBounds(core, account)
}

export async function readLines({ database }: Core, id: string): Promise<readonly Line[]> {
  return database.db
    .selectFrom('document_lines')
    .selectAll()
    .where('document_id', '=', id)
    .orderBy('line_number')
    .execute()
}

/** All but what became of it since. */
function saidBy(document: Document): string {
  return textOf(Object.entries(document).filter(([name]) => !standing.includes(name)))
}

const standing = ['paid', 'credited', 'reminders', 'overdue_at', 'voided_at']

/** A step may close several periods, each of which ends on the date that was planned for it. */
function takeBounds({ ledger, before }: Core, account: Account): void {
  const key = accountKey(account)
  const bounds = ledger.bounds.get(key) ?? [Number(account.billed_until)]
  ledger.bounds.set(key, bounds)
  const until = Number(account.billed_until)
  const last = bounds.at(-1) ?? until
  keep(11, until >= last, () => `${key}: what was invoiced is to be invoiced again`)
  const was = before.accounts.find((one) => accountKey(one) === key)
  let end = Number(was?.period_ends_at ?? until)
  for (let at = last; at < until; end = invoiceDateAfter(at, account.invoice_day)) {
    at = Math.min(until, end)
    bounds.push(at)
  }
}

/** 00:00 UTC of the invoice day, or of the last day of a month that lacks it. */
export function invoiceDateAfter(at: number, invoiceDay: number): number {
  const date = new Date(at)
  for (let month = date.getUTCMonth(); ; month += 1) {
    const days = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate()
    const found = Date.UTC(date.getUTCFullYear(), month, Math.min(invoiceDay, days))
    if (found > at) return found
  }
}
