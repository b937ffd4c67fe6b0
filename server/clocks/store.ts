import type { Kysely } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'

export type StoredClock = {
  readonly name: string
  readonly now: Instant
  readonly target: Instant | null
  readonly operationId: string | null
}

export async function readClock(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  tenantId: string,
  name: string,
): Promise<StoredClock | null> {
  const row = await db
    .selectFrom('test_clocks')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    name: row.name,
    now: instantOf(row.now_at),
    target: row.target_at === null ? null : instantOf(row.target_at),
    operationId: row.operation_id,
  }
}
