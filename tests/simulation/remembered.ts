import type { Selectable } from 'kysely'
import type { Schema } from '../../server/database/schema.ts'

export type Line = Selectable<Schema['document_lines']>
export type Price = Selectable<Schema['prices']>

/** What the simulation remembers of the money, past what is stored now. */
export type Ledger = {
  /** Of every document, as it was first seen. */
  readonly lines: Map<string, readonly Line[]>
  readonly said: Map<string, string>
  /** Where the periods of each account met, from the beginning of the first on. */
  readonly bounds: Map<string, number[]>
  prices: readonly Price[]
  lists: string
}

export function newLedger(): Ledger {
  return { lines: new Map(), said: new Map(), bounds: new Map(), prices: [], lists: '' }
}
