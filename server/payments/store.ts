import { type Kysely, sql } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'

/** Money that came in for an invoice; minor units of its currency. */
export type RecordedPayment = {
  readonly name: string
  readonly amount: bigint
  /** On the account's clock. */
  readonly receivedAt: Instant
  /** Real time. */
  readonly recordedAt: Instant
  /** The object id of who recorded it. */
  readonly recordedBy: string
}

/** The payments of an invoice, the first ones first. */
export async function readPayments(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  documentId: string,
  limit: number,
): Promise<readonly RecordedPayment[]> {
  const rows = await selectPayments(db, documentId)
    .orderBy('received_at')
    .orderBy('recorded_at')
    .orderBy('name_key')
    .limit(limit)
    .execute()
  return rows.map(paymentOf)
}

/** The payments of several invoices, by invoice; so many at most, all together. */
export async function readPaymentsOf(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  documentIds: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly RecordedPayment[]>> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .where('document_id', '=', sql<string>`any(${documentIds}::uuid[])`)
    .orderBy('document_id')
    .orderBy('received_at')
    .orderBy('name_key')
    .limit(limit)
    .execute()
  const groups = Map.groupBy(rows, (row) => row.document_id)
  return new Map([...groups].map(([id, payments]) => [id, payments.map(paymentOf)]))
}

export async function readPayment(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  documentId: string,
  name: string,
): Promise<RecordedPayment | null> {
  const row = await selectPayments(db, documentId)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row === undefined ? null : paymentOf(row)
}

function selectPayments(db: Pick<Kysely<Schema>, 'selectFrom'>, documentId: string) {
  return db.selectFrom('payments').selectAll().where('document_id', '=', documentId)
}

function paymentOf(row: {
  readonly name: string
  readonly amount: bigint
  readonly received_at: bigint
  readonly recorded_at: bigint
  readonly recorded_by: string
}): RecordedPayment {
  return {
    name: row.name,
    amount: row.amount,
    receivedAt: instantOf(row.received_at),
    recordedAt: instantOf(row.recorded_at),
    recordedBy: row.recorded_by,
  }
}
