import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { type StoredDocument, readLines } from './document-store.ts'

/**
 * The id that a credit note has when its request is named. The same name for the same invoice gives
 * the same id: a request that is sent again finds what it made.
 */
export function namedCreditId({ documentId }: StoredDocument, name: string): string {
  const hash = createHash('sha256').update(`${documentId}/${name.toLowerCase()}`).digest('hex')
  // In the form of version 8: of the maker's own design.
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`]
  return [...parts, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-')
}

export type RepeatedCredit = {
  /** The credit note's number. */
  readonly note: string
  readonly reason: string | null
  readonly line: number
  /** Before tax; minor units, positive. */
  readonly net: bigint
}

/** What a named request made before; null: nothing. */
export async function readRepeatedCredit(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  documentId: string,
): Promise<RepeatedCredit | null> {
  const document = await db
    .selectFrom('documents')
    .select(['name', 'reason'])
    .where('document_id', '=', documentId)
    .executeTakeFirst()
  if (document === undefined) return null
  const [line] = await readLines(db, documentId, { after: 0, limit: 1 })
  if (line === undefined) return null
  const { name: note, reason } = document
  return { note, reason, line: line.number, net: -line.cost }
}
