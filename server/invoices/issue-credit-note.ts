import { type Kysely, type Transaction, sql } from 'kysely'
import { type LockedAccount, recordAccountEvent } from '../billing-accounts/lock-at.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { closeIfSettled } from '../payments/record-payment.ts'
import type { Credit, CreditedSoFar } from './credit-note.ts'
import { type StoredDocument, insertDocument, insertLines, readLines } from './document-store.ts'
import type { InvoiceLine } from './invoice.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

export type CreditDependencies = { readonly events: EventRecorder; readonly random: Random }
export type CreditContext = {
  readonly actor: string
  readonly realNow: Instant
  readonly reason: string
}

/** What credit notes took back of an invoice. */
export async function readCredited(db: Reader, invoice: StoredDocument): Promise<CreditedSoFar> {
  const row = await selectCreditNotes(db, invoice)
    .select([
      sql<string | null>`-sum(sub_total)`.as('net'),
      sql<string | null>`-sum(tax)`.as('tax'),
    ])
    .executeTakeFirstOrThrow()
  return { net: BigInt(row.net ?? 0), tax: BigInt(row.tax ?? 0) }
}

/** The numbers of an invoice's credit notes, the first ones first. */
export async function readCreditNoteNames(
  db: Reader,
  invoice: StoredDocument,
  limit: number,
): Promise<readonly string[]> {
  const notes = selectCreditNotes(db, invoice).select('name').orderBy('document_number')
  return (await notes.limit(limit).execute()).map(({ name }) => name)
}

function selectCreditNotes(db: Reader, { tenantId, accountKey, name }: StoredDocument) {
  return db
    .selectFrom('documents')
    .where('tenant_id', '=', tenantId)
    .where('account_key', '=', accountKey)
    .where('credit_for', '=', name)
}

/** A line of an invoice, with what it charges and no credit note took back; null: no such line. */
export async function readLineLeft(
  db: Reader,
  invoice: StoredDocument,
  number: number,
): Promise<{ readonly line: InvoiceLine; readonly left: bigint } | null> {
  const [line] = await readLines(db, invoice.documentId, { after: number - 1, limit: 1 })
  if (line === undefined || line.number !== number) return null
  // A line of a credit note has the number of the line that it takes back.
  const row = await db
    .selectFrom('document_lines')
    .select(sql<string | null>`sum(cost)`.as('cost'))
    .where('line_number', '=', number)
    .where('document_id', 'in', selectCreditNotes(db, invoice).select('document_id'))
    .executeTakeFirstOrThrow()
  return { line, left: line.cost + BigInt(row.cost ?? 0) }
}

/** Credits a part of one line, and ends what the invoice caused if nothing is owed any more. */
export async function creditLine(
  tx: Transaction<Schema>,
  account: LockedAccount,
  invoice: StoredDocument,
  asked: Credit & {
    readonly documentId: string
    readonly line: InvoiceLine
    readonly number: number
  },
  context: CreditContext,
  dependencies: CreditDependencies,
): Promise<string> {
  const { documentId, net, tax, line, number } = asked
  // A part of an amount at a unit price: the line says what it is about, and what it comes to.
  const part = { ...line, amount: 0n, unitPrice: null, cost: -net }
  const { tenantId } = invoice
  await insertLines(tx, { tenantId, documentId, firstLine: number }, [part])
  const credit = { documentId, net, tax, voids: false }
  return issueCreditNote(tx, account, invoice, credit, context, dependencies)
}

/** Takes back all that is left of an invoice, line by line, and makes it void. */
export async function voidInvoice(
  tx: Transaction<Schema>,
  account: LockedAccount,
  invoice: StoredDocument,
  { net, tax }: Credit,
  context: CreditContext,
  dependencies: CreditDependencies,
): Promise<void> {
  const documentId = dependencies.random.uuid()
  await insertRest(tx, invoice, documentId)
  const credit = { documentId, net, tax, voids: true }
  await issueCreditNote(tx, account, invoice, credit, context, dependencies)
}

/** Every line negated, less what was taken back before; in the database, however many there are. */
async function insertRest(
  tx: Transaction<Schema>,
  invoice: StoredDocument,
  documentId: string,
): Promise<void> {
  await sql`
    insert into document_lines (tenant_id, document_id, line_number, kind, subscription_id,
      subscription_name, uid, resource_id, meter, amount, unit_price, from_at, to_at, cost)
    select l.tenant_id, ${documentId}::uuid, l.line_number, l.kind, l.subscription_id,
      l.subscription_name, l.uid, l.resource_id, l.meter,
      case when c.cost is null then -l.amount else 0 end,
      case when c.cost is null then l.unit_price end,
      l.from_at, l.to_at, -(l.cost + coalesce(c.cost, 0))
    from document_lines l
    left join (
      select n.line_number, sum(n.cost)::int8 as cost
      from documents d join document_lines n on n.document_id = d.document_id
      where d.tenant_id = ${invoice.tenantId}::uuid and d.account_key = ${invoice.accountKey}::text
        and d.credit_for = ${invoice.name}::text
      group by n.line_number
    ) c on c.line_number = l.line_number
    where l.document_id = ${invoice.documentId}::uuid and (c.cost is null or l.cost + c.cost <> 0)
  `.execute(tx)
}

/** The document itself, whose lines are written, and what becomes of the invoice by it. */
async function issueCreditNote(
  tx: Transaction<Schema>,
  account: LockedAccount,
  invoice: StoredDocument,
  credit: Credit & { readonly documentId: string; readonly voids: boolean },
  { actor, realNow, reason }: CreditContext,
  { events, random }: CreditDependencies,
): Promise<string> {
  const { documentId, net, tax, voids } = credit
  const total = net + tax
  const name = await insertDocument(tx, {
    ...withoutStanding(invoice),
    documentId,
    type: 'CreditNote',
    creditFor: invoice.name,
    reason,
    issuedAt: account.now,
    dueAt: account.now,
    subTotal: -net,
    tax: -tax,
    total: -total,
  })
  await tx
    .updateTable('documents')
    .set({ credited: sql`credited + ${total}::int8` })
    .$if(voids, (update) => update.set({ voided_at: account.now }))
    .where('document_id', '=', invoice.documentId)
    .execute()
  const type = voids ? 'InvoiceVoided' : 'CreditNoteIssued'
  const amounts = { subTotal: String(-net), tax: String(-tax), total: String(-total) }
  const data = { document: invoice.name, creditNote: name, ...amounts }
  await recordAccountEvent(tx, events, account, { type, actor, data }, realNow)
  await closeIfSettled(tx, account, invoice.name, realNow, random)
  return name
}

/** Parties, period, language, tax rate: as the invoice that it takes back has them. */
function withoutStanding(invoice: StoredDocument) {
  const { name: _name, paid: _paid, credited: _credited, ...said } = invoice
  const { overdueAt: _overdueAt, voidedAt: _voidedAt, reminders: _reminders, ...rest } = said
  return rest
}
