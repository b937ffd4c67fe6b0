import { type Kysely, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { hasTag } from '../resource-groups/store.ts'
import type { ResourceFilter } from './filter.ts'
import type { Resource } from './resource.ts'
import { resourceOf, selectResources } from './store.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** Resources that nobody deleted, in the order of their uid, from after `after` on. */
export async function listResources(
  db: Reader,
  subscriptionId: string,
  wanted: ResourceFilter & { readonly after: string | null; readonly limit: number },
): Promise<readonly Resource[]> {
  let query = selectResources(db)
    .where('r.subscription_id', '=', subscriptionId)
    .where('r.destroyed_at', 'is', null)
    .where('r.deleted_at', 'is', null)
    .orderBy('r.uid')
    .limit(wanted.limit)
  if (wanted.after !== null) query = query.where('r.uid', '>', wanted.after)
  if (wanted.resourceGroup !== undefined) {
    query = query.where('r.group_key', '=', wanted.resourceGroup)
  }
  if (wanted.resourceType !== undefined) query = query.where('r.type_key', '=', wanted.resourceType)
  if (wanted.name !== undefined) query = query.where('r.name_key', '=', wanted.name)
  if (wanted.location !== undefined) query = query.where('r.location', '=', wanted.location)
  if (wanted.tagName !== undefined) {
    query = query.where(hasTag(wanted.tagName, wanted.tagValue ?? null))
  }
  return (await query.execute()).map(resourceOf)
}

/** Members of a group whose destruction is not yet seen; those not yet asked to go first. */
export async function listMembers(
  db: Reader,
  subscriptionId: string,
  groupKey: string,
  limit: number,
): Promise<{ readonly live: readonly Member[]; readonly leaving: number }> {
  const live = await db
    .selectFrom('resources')
    .select(['uid', 'host_id'])
    .where('subscription_id', '=', subscriptionId)
    .where('group_key', '=', groupKey)
    .where('deleted_at', 'is', null)
    .where('destroyed_at', 'is', null)
    .limit(limit)
    .execute()
  const leaving = await db
    .selectFrom('resources')
    .select(sql<bigint>`count(*)`.as('count'))
    .where('subscription_id', '=', subscriptionId)
    .where('group_key', '=', groupKey)
    .where('deleted_at', 'is not', null)
    .where('destroyed_at', 'is', null)
    .executeTakeFirstOrThrow()
  return {
    live: live.map((row) => ({ uid: row.uid, hostId: row.host_id })),
    leaving: Number(leaving.count),
  }
}

export type Member = { readonly uid: string; readonly hostId: string }

/** Whether a subscription holds anything of a namespace; also what is still being destroyed. */
export async function holdsNamespace(
  db: Reader,
  subscriptionId: string,
  namespaceKey: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('resources')
    .select('uid')
    .where('subscription_id', '=', subscriptionId)
    .where('destroyed_at', 'is', null)
    .where(sql<boolean>`starts_with(type_key, ${`${namespaceKey}/`})`)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
