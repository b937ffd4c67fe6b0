import { type Transaction, sql } from 'kysely'
import {
  type LockedAccount,
  lockAccountAt,
  recordAccountEvent,
} from '../billing-accounts/lock-at.ts'
import { invoiceDateAfter } from '../billing-accounts/invoice-date.ts'
import { paymentTerms } from '../billing-accounts/payment-terms.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import { parseDecimal } from '../kernel/decimal.ts'
import type { Random } from '../kernel/ids.ts'
import { type Clock, type Instant, addDays, formatInstant, later } from '../kernel/instant.ts'
import type { Window } from '../usage/rate.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { afterTermEnd, awaitsTermEnd } from './awaited-terms.ts'
import { isChargedAfter } from './charged-after.ts'
import { type Bill, billAccount } from './bill-account.ts'
import { insertDocument } from './document-store.ts'
import { planDue } from './due.job.ts'
import { taxOn } from './invoice-lines.ts'
import { parties } from './parties.ts'
import { invoiceDue, planInvoice } from './plan-invoice.ts'

export type IssueDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly clock: Clock
  readonly random: Random
}

/**
 * Invoices every period of an account that has ended, one transaction each, and plans the next as
 * long as there is something to charge. Said twice, it finds the period already invoiced.
 */
export async function issueInvoices(
  work: ClaimedWork,
  dependencies: IssueDependencies,
): Promise<WorkOutcome> {
  const { database, clock, random } = dependencies
  const name = String(work.subject['account'])
  for (;;) {
    const realNow = clock.now()
    const found = await database.transaction(
      async (tx) => {
        const account = await lockAccountAt(tx, work.tenantId, name, realNow, 'sharing')
        assert(account !== null, 'a billing account is never removed')
        const { dueAt, end } = invoiceDue(account)
        if (account.now < dueAt) {
          if (await isChargedAfter(tx, account, account.billedUntil)) {
            await planInvoice(tx, account, realNow, random, { replan: true })
          }
          return 'last'
        }
        if (await awaitsTermEnd(tx, account, end)) return 'early'
        await closePeriod(tx, account, { end, issuedAt: end }, realNow, dependencies)
        return 'closed'
      },
      'invoice',
      'none',
    )
    if (found === 'last') return workDone
    if (found === 'early') return afterTermEnd(realNow)
  }
}

/** Issues what is to be paid for `[billedUntil, end)`, if anything, and begins the next period. */
export async function closePeriod(
  tx: Transaction<Schema>,
  account: LockedAccount,
  { end, issuedAt }: { readonly end: Instant; readonly issuedAt: Instant },
  realNow: Instant,
  dependencies: Pick<IssueDependencies, 'events' | 'random'>,
): Promise<void> {
  const window = { from: account.billedUntil, to: end }
  const documentId = dependencies.random.uuid()
  const bill = await billAccount(tx, account, documentId, window)
  const draft = { documentId, window, bill, issuedAt }
  if (bill.hasAmounts) await issue(tx, account, draft, realNow, dependencies)
  else await tx.deleteFrom('document_lines').where('document_id', '=', documentId).execute()
  await tx
    .updateTable('billing_accounts')
    .set({
      billed_until: end,
      period_ends_at: invoiceDateAfter(end, account.invoiceDay),
      billing_version: sql`billing_version + 1`,
    })
    .where('tenant_id', '=', account.tenantId)
    .where('name_key', '=', account.nameKey)
    .execute()
}

async function issue(
  tx: Transaction<Schema>,
  account: LockedAccount,
  draft: {
    readonly documentId: string
    readonly window: Window
    readonly bill: Bill
    readonly issuedAt: Instant
  },
  realNow: Instant,
  { events, random }: Pick<IssueDependencies, 'events' | 'random'>,
): Promise<void> {
  const { documentId, window, bill, issuedAt } = draft
  const rate = parseDecimal(account.taxRate)
  assert(rate !== null, `a stored tax rate is a decimal: ${account.taxRate}`)
  const tax = taxOn(bill.subTotal, rate)
  const total = bill.subTotal + tax
  // Who gets it late, after an outage, has his days all the same.
  const dueAt = addDays(later(issuedAt, account.now), paymentTerms.dueDays)
  const name = await insertDocument(tx, {
    documentId,
    type: 'Invoice',
    creditFor: null,
    reason: null,
    tenantId: account.tenantId,
    accountKey: account.nameKey,
    accountName: account.name,
    currency: account.currency,
    language: account.language,
    period: window,
    issuedAt,
    dueAt,
    ...(await parties(tx, account)),
    subTotal: bill.subTotal,
    taxRate: account.taxRate,
    tax,
    total,
    test: account.testClockKey !== null,
  })
  if (total > 0n) await planDue(tx, account, { name, dueAt }, realNow, random)
  const data = {
    document: name,
    from: formatInstant(window.from),
    to: formatInstant(window.to),
    lines: bill.lineCount,
    subTotal: String(bill.subTotal),
    tax: String(tax),
    total: String(total),
  }
  await recordAccountEvent(
    tx,
    events,
    account,
    { type: 'InvoiceIssued', actor: 'system', data },
    realNow,
  )
}
