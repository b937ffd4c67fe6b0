import type { Kysely } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'

export type Alias = {
  readonly name: string
  readonly nameKey: string
  readonly subscriptionId: string
  readonly createdBy: string
  readonly createdAt: Instant
}

export async function readAlias(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  tenantId: string,
  name: string,
): Promise<Alias | null> {
  const row = await db
    .selectFrom('subscription_aliases')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    name: row.name,
    nameKey: row.name_key,
    subscriptionId: row.subscription_id,
    createdBy: row.created_by,
    createdAt: instantOf(row.created_at),
  }
}
