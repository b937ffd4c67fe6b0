import type { Transaction } from 'kysely'
import {
  type LockedAccount,
  lockAccountAt,
  recordAccountEvent,
} from '../billing-accounts/lock-at.ts'
import { paymentTerms } from '../billing-accounts/payment-terms.ts'
import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import { type Clock, type Instant, addDays } from '../kernel/instant.ts'
import { planSpread } from '../payments/spread-unpaid.job.ts'
import { type ClaimedWork, type WorkOutcome, enqueue, withdraw, workDone } from '../work/work.ts'
import { type StoredDocument, lockDocument } from './document-store.ts'
import { amountDue } from './invoice.ts'

export type DueDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly clock: Clock
  readonly random: Random
  readonly wakeWorkers: () => void
}

const dueWork = 'invoice-due'

function dueKey(tenantId: string, document: string): string {
  return `${tenantId}/${document}`
}

/** The next date of an invoice that is not paid: it is due, somebody is reminded, grace ends. */
export async function planDue(
  tx: Transaction<Schema>,
  account: Pick<BillingAccount, 'tenantId' | 'nameKey' | 'testClockKey'>,
  { name, dueAt }: { readonly name: string; readonly dueAt: Instant },
  realNow: Instant,
  random: Random,
): Promise<void> {
  const { tenantId, nameKey, testClockKey: clockKey } = account
  const subject = { account: nameKey, document: name }
  const order = { tenantId, kind: dueWork, key: dueKey(tenantId, name), subject, clockKey }
  await enqueue(tx, { ...order, dueAt, hostId: null }, realNow, random)
}

/** Nothing is owed on it any more. */
export async function withdrawDue(
  tx: Transaction<Schema>,
  tenantId: string,
  document: string,
): Promise<void> {
  await withdraw(tx, dueWork, dueKey(tenantId, document))
}

/** Takes every step of an unpaid invoice whose date has come, and plans the next. */
export async function pursueInvoice(
  work: ClaimedWork,
  { database, events, clock, random, wakeWorkers }: DueDependencies,
): Promise<WorkOutcome> {
  const realNow = clock.now()
  await database.transaction(async (tx) => {
    const account = await lockAccountAt(tx, work.tenantId, String(work.subject['account']), realNow)
    assert(account !== null, 'a billing account is never removed')
    const name = String(work.subject['document'])
    const invoice = await lockDocument(tx, work.tenantId, name)
    assert(invoice !== null, 'an issued document is never removed')
    if (amountDue(invoice) <= 0n) return
    const { reminders, steps } = stepsOf(invoice, account.now)
    for (const type of steps) {
      const event = { type, actor: 'system', data: { document: name } }
      await recordAccountEvent(tx, events, account, event, realNow)
    }
    if (steps.length > 0) await saveSteps(tx, account, invoice, reminders)
    const graceEnds = addDays(invoice.dueAt, paymentTerms.graceDays)
    if (account.now >= graceEnds) {
      await setUnpaid(tx, account)
      await planSpread(tx, account, realNow, random)
      return
    }
    const nextDays = paymentTerms.reminderDays[reminders] ?? paymentTerms.graceDays
    const dueAt = addDays(invoice.dueAt, Math.min(nextDays, paymentTerms.graceDays))
    await planDue(tx, account, { name, dueAt }, realNow, random)
  })
  wakeWorkers()
  return workDone
}

/** Which events are due by now: the first reminder says that the invoice is overdue. */
function stepsOf(invoice: StoredDocument, now: Instant) {
  const steps: string[] = []
  let { reminders } = invoice
  for (const days of paymentTerms.reminderDays.slice(reminders)) {
    if (now < addDays(invoice.dueAt, days)) break
    steps.push(reminders === 0 ? 'InvoiceOverdue' : 'InvoiceReminder')
    reminders += 1
  }
  return { reminders, steps }
}

async function saveSteps(
  tx: Transaction<Schema>,
  account: LockedAccount,
  invoice: StoredDocument,
  reminders: number,
): Promise<void> {
  await tx
    .updateTable('documents')
    .set({ reminders, overdue_at: invoice.overdueAt ?? account.now })
    .where('document_id', '=', invoice.documentId)
    .execute()
  if (account.overdueSince !== null) return
  await tx
    .updateTable('billing_accounts')
    .set({ overdue_since: account.now })
    .where('tenant_id', '=', account.tenantId)
    .where('name_key', '=', account.nameKey)
    .execute()
}

async function setUnpaid(tx: Transaction<Schema>, account: LockedAccount): Promise<void> {
  if (account.unpaidSince !== null) return
  await tx
    .updateTable('billing_accounts')
    .set({ unpaid_since: account.now })
    .where('tenant_id', '=', account.tenantId)
    .where('name_key', '=', account.nameKey)
    .execute()
}
