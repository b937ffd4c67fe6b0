import { type Kysely, sql } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import type { StoredDocument } from '../invoices/document-store.ts'
import { type RecordedPayment, readPaymentsOf } from '../payments/store.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** Payments that a page of invoices shows at most, all together. */
const paymentsShown = 10_000

export type BesideDocuments = {
  readonly payments: ReadonlyMap<string, readonly RecordedPayment[]>
  /** What a trial's credit took off, by document; minor units, not negative. */
  readonly freeCredit: ReadonlyMap<string, bigint>
}

/** What is shown beside a page of documents of one account. */
export async function readBeside(
  db: Reader,
  account: BillingAccount,
  documents: readonly StoredDocument[],
): Promise<BesideDocuments> {
  const ids = documents.map(({ documentId }) => documentId)
  if (ids.length === 0) return { payments: new Map(), freeCredit: new Map() }
  const payments = await readPaymentsOf(db, ids, paymentsShown)
  return { payments, freeCredit: await readFreeCredit(db, account, ids) }
}

/** By the few subscriptions that have a credit: an invoice may have any number of lines. */
async function readFreeCredit(
  db: Reader,
  { tenantId, nameKey }: BillingAccount,
  documentIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db
    .selectFrom('subscriptions as s')
    .innerJoin('credits as c', 'c.subscription_id', 's.subscription_id')
    .innerJoin('document_lines as l', 'l.subscription_id', 's.subscription_id')
    .select(['l.document_id', sql<string>`-sum(l.cost)`.as('credit')])
    .where('s.tenant_id', '=', tenantId)
    .where('s.billing_account_key', '=', nameKey)
    .where('l.document_id', '=', sql<string>`any(${documentIds}::uuid[])`)
    .where('l.kind', '=', 'credit')
    .groupBy('l.document_id')
    .execute()
  return new Map(rows.map((row) => [row.document_id, BigInt(row.credit)]))
}

/** What the lines of a document up to one of them come to; minor units. */
export async function readSumUpTo(
  db: Reader,
  documentId: string,
  lineNumber: number,
): Promise<bigint> {
  const row = await db
    .selectFrom('document_lines')
    .select(sql<string | null>`sum(cost)`.as('cost'))
    .where('document_id', '=', documentId)
    .where('line_number', '<=', lineNumber)
    .executeTakeFirstOrThrow()
  return BigInt(row.cost ?? 0)
}
