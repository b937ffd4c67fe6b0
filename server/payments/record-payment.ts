import { type Transaction, sql } from 'kysely'
import { type LockedAccount, recordAccountEvent } from '../billing-accounts/lock-at.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import { withdrawDue } from '../invoices/due.job.ts'
import { type StoredDocument, lockDocument } from '../invoices/document-store.ts'
import { amountDue } from '../invoices/invoice.ts'
import { type Decision, accept } from '../kernel/decision.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { type Payment, type PaymentRefusal, decidePayment } from './payment.ts'
import { settleAccount } from './settle-account.ts'

export type PaymentDependencies = { readonly events: EventRecorder; readonly random: Random }

/**
 * The port through which money comes in: by hand through the API, or from a card processor's
 * adapter, which names each of its payments so that one it reports twice is recorded once. The
 * account must be locked.
 */
export async function recordPayment(
  tx: Transaction<Schema>,
  account: LockedAccount,
  invoice: StoredDocument,
  payment: Payment,
  by: { readonly actor: string; readonly realNow: Instant },
  { events, random }: PaymentDependencies,
): Promise<Decision<{ readonly isNew: boolean }, PaymentRefusal>> {
  const nameKey = payment.name.toLowerCase()
  const before = await tx
    .selectFrom('payments')
    .select('amount')
    .where('document_id', '=', invoice.documentId)
    .where('name_key', '=', nameKey)
    .executeTakeFirst()
  const decision = decidePayment(invoice, payment, before?.amount ?? null)
  if (!decision.accepted || !decision.value.isNew) return decision
  await tx
    .insertInto('payments')
    .values({
      tenant_id: invoice.tenantId,
      document_id: invoice.documentId,
      name_key: nameKey,
      name: payment.name,
      amount: payment.amount,
      received_at: account.now,
      recorded_at: by.realNow,
      recorded_by: by.actor,
    })
    .execute()
  await tx
    .updateTable('documents')
    .set({ paid: sql`paid + ${payment.amount}::int8` })
    .where('document_id', '=', invoice.documentId)
    .execute()
  const data = { document: invoice.name, amount: String(payment.amount) }
  const event = { type: 'PaymentRecorded', actor: by.actor, data }
  await recordAccountEvent(tx, events, account, event, by.realNow)
  await closeIfSettled(tx, account, invoice.name, by.realNow, random)
  return accept({ isNew: true })
}

/** Ends the pursuit of an invoice on which nothing is owed any more, and what it had caused. */
export async function closeIfSettled(
  tx: Transaction<Schema>,
  account: LockedAccount,
  document: string,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const invoice = await lockDocument(tx, account.tenantId, document)
  if (invoice === null || amountDue(invoice) > 0n) return
  await withdrawDue(tx, account.tenantId, document)
  await settleAccount(tx, account, realNow, random)
}
