import { type Kysely, type Selectable, type Transaction, sql } from 'kysely'
import type { Language } from '../../api/language.ts'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { instantOf, instantOrNull } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Currency } from '../kernel/currency.ts'
import type { MeterName } from '../prices/meter.ts'
import type { DocumentType, Invoice, InvoiceLine } from './invoice.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** An issued document as it is stored, without its lines, with what became of it. */
export type StoredDocument = Omit<Invoice, 'lines'> & {
  readonly documentId: string
  readonly reason: string | null
  readonly reminders: number
}

/** What nobody owes, on a test clock, takes no number from the real series. */
const seriesOf = {
  Invoice: { real: 'INV', test: 'TIN' },
  CreditNote: { real: 'CRN', test: 'TCR' },
} as const satisfies { readonly [Type in DocumentType]: object }
const numberDigits = 8

/**
 * The next number of a series. Its row stays locked until the transaction ends: none is given
 * twice, and one that is given is issued. Taken last, so that nobody waits longer than a commit.
 */
async function nextNumber(
  tx: Transaction<Schema>,
  { tenantId, type, test }: Pick<NewDocument, 'tenantId' | 'type' | 'test'>,
): Promise<{ readonly number: bigint; readonly name: string }> {
  const series = seriesOf[type][test ? 'test' : 'real']
  const row = await tx
    .insertInto('document_series')
    .values({ tenant_id: tenantId, series, last_number: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'series'])
        .doUpdateSet({ last_number: sql`document_series.last_number + 1` }),
    )
    .returning('last_number')
    .executeTakeFirstOrThrow()
  const number = BigInt(row.last_number)
  return { number, name: series + String(number).padStart(numberDigits, '0') }
}

export type NewDocument = Omit<
  StoredDocument,
  'name' | 'paid' | 'credited' | 'overdueAt' | 'voidedAt' | 'reminders'
>

/** Issues a document whose lines are written: its number, its row. Answers the number. */
export async function insertDocument(
  tx: Transaction<Schema>,
  document: NewDocument,
): Promise<string> {
  const { number, name } = await nextNumber(tx, document)
  await tx
    .insertInto('documents')
    .values({
      document_id: document.documentId,
      tenant_id: document.tenantId,
      name,
      document_number: number,
      type: document.type,
      credit_for: document.creditFor,
      reason: document.reason,
      account_key: document.accountKey,
      account_name: document.accountName,
      currency: document.currency,
      language: document.language,
      period_from: document.period.from,
      period_to: document.period.to,
      issued_at: document.issuedAt,
      due_at: document.dueAt,
      seller: JSON.stringify(document.seller),
      buyer: JSON.stringify(document.buyer),
      sub_total: document.subTotal,
      tax_rate: document.taxRate,
      tax: document.tax,
      total: document.total,
      test: document.test,
      paid: 0n,
      credited: 0n,
      reminders: 0,
      overdue_at: null,
      voided_at: null,
    })
    .execute()
  return name
}

/** Lines are inserted in batches: one statement holds so many values at most. */
const linesPerInsert = 1_000

export async function insertLines(
  tx: Transaction<Schema>,
  document: { readonly tenantId: string; readonly documentId: string; readonly firstLine: number },
  lines: readonly InvoiceLine[],
): Promise<void> {
  for (let start = 0; start < lines.length; start += linesPerInsert) {
    const batch = lines.slice(start, start + linesPerInsert)
    await tx
      .insertInto('document_lines')
      .values(
        batch.map((line, index) => ({
          tenant_id: document.tenantId,
          document_id: document.documentId,
          line_number: document.firstLine + start + index,
          kind: line.kind,
          subscription_id: line.subscriptionId,
          subscription_name: line.subscriptionName,
          uid: line.uid,
          resource_id: line.resourceId,
          meter: line.meter,
          amount: line.amount.toString(),
          unit_price: line.unitPrice,
          from_at: line.from,
          to_at: line.to,
          cost: line.cost,
        })),
      )
      .execute()
  }
}

/** Of this tenant only; names compare without case. */
export async function readDocument(
  db: Reader,
  tenantId: string,
  name: string,
): Promise<StoredDocument | null> {
  const row = await selectDocument(db, tenantId, name).executeTakeFirst()
  return row === undefined ? null : documentOf(row)
}

/** Lock its account first: payments and credit notes of one account come one at a time. */
export async function lockDocument(
  tx: Transaction<Schema>,
  tenantId: string,
  name: string,
): Promise<StoredDocument | null> {
  const row = await selectDocument(tx, tenantId, name).forUpdate().executeTakeFirst()
  return row === undefined ? null : documentOf(row)
}

function selectDocument(db: Reader, tenantId: string, name: string) {
  return db
    .selectFrom('documents')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name.toUpperCase())
}

/** Those of an account, the newest first. */
export async function listDocuments(
  db: Reader,
  account: Pick<BillingAccount, 'tenantId' | 'nameKey'>,
  page: {
    /** The last one of the page before: its date and name. */
    readonly before: { readonly issuedAt: bigint; readonly name: string } | null
    readonly limit: number
  },
  period: { readonly from: number; readonly to: number } | null = null,
): Promise<readonly StoredDocument[]> {
  let query = db
    .selectFrom('documents')
    .selectAll()
    .where('tenant_id', '=', account.tenantId)
    .where('account_key', '=', account.nameKey)
    .orderBy('issued_at', 'desc')
    .orderBy('name', 'desc')
    .limit(page.limit)
  if (page.before !== null) {
    const { issuedAt, name } = page.before
    query = query.where(sql<boolean>`(issued_at, name) < (${issuedAt}::int8, ${name}::text)`)
  }
  if (period !== null) {
    query = query
      .where('issued_at', '>=', BigInt(period.from))
      .where('issued_at', '<', BigInt(period.to))
  }
  return (await query.execute()).map(documentOf)
}

export async function readLines(
  db: Reader,
  documentId: string,
  page: { readonly after: number; readonly limit: number } = { after: 0, limit: 1_000_000 },
): Promise<readonly (InvoiceLine & { readonly number: number })[]> {
  const rows = await db
    .selectFrom('document_lines')
    .selectAll()
    .where('document_id', '=', documentId)
    .where('line_number', '>', page.after)
    .orderBy('line_number')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({
    number: row.line_number,
    kind: row.kind,
    subscriptionId: row.subscription_id,
    subscriptionName: row.subscription_name,
    uid: row.uid,
    resourceId: row.resource_id,
    meter: row.meter as MeterName | null,
    amount: BigInt(row.amount),
    unitPrice: row.unit_price,
    from: instantOf(row.from_at),
    to: instantOf(row.to_at),
    cost: row.cost,
  }))
}

export function documentOf(row: Selectable<Schema['documents']>): StoredDocument {
  return {
    documentId: row.document_id,
    name: row.name,
    type: row.type,
    creditFor: row.credit_for,
    reason: row.reason,
    tenantId: row.tenant_id,
    accountKey: row.account_key,
    accountName: row.account_name,
    currency: row.currency as Currency,
    language: row.language as Language,
    period: { from: instantOf(row.period_from), to: instantOf(row.period_to) },
    issuedAt: instantOf(row.issued_at),
    dueAt: instantOf(row.due_at),
    seller: row.seller,
    buyer: row.buyer,
    subTotal: row.sub_total,
    taxRate: row.tax_rate,
    tax: row.tax,
    total: row.total,
    test: row.test,
    paid: row.paid,
    credited: row.credited,
    reminders: row.reminders,
    overdueAt: instantOrNull(row.overdue_at),
    voidedAt: instantOrNull(row.voided_at),
  }
}
