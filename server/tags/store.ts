import type { Kysely, Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import { readGroup, updateGroup } from '../resource-groups/store.ts'
import { findResource } from '../resources/store.ts'
import type { Tags } from './tags.ts'

/** Something that bears tags. For a subscription, `uid` is its id. */
export type Scope = {
  readonly kind: 'subscription' | 'group' | 'resource'
  readonly uid: string
  readonly name: string
  readonly tags: Tags
  readonly deleting: boolean
}

/** What a path names; null: it is not there. */
export async function readScope(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  path: {
    readonly subscriptionId: string
    readonly group: string | null
    readonly type: string | null
    readonly name: string | null
  },
): Promise<Scope | null> {
  const { subscriptionId, group, type, name } = path
  if (group === null) return readSubscriptionTags(db, subscriptionId)
  if (type === null || name === null) {
    const found = await readGroup(db, subscriptionId, group)
    if (found === null) return null
    return { ...found, kind: 'group', deleting: found.provisioningState === 'Deleting' }
  }
  const found = await findResource(db, { subscriptionId, group, type, name })
  return found && { ...found, kind: 'resource', deleting: found.deletedAt !== null }
}

async function readSubscriptionTags(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  subscriptionId: string,
): Promise<Scope | null> {
  const row = await db
    .selectFrom('subscriptions')
    .select(['tags', 'display_name'])
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirst()
  if (row === undefined) return null
  const { tags, display_name: name } = row
  return { kind: 'subscription', uid: subscriptionId, name, tags, deleting: false }
}

export async function writeTags(
  tx: Transaction<Schema>,
  scope: Scope,
  tags: Tags,
  now: Instant,
): Promise<void> {
  const text = JSON.stringify(tags)
  switch (scope.kind) {
    case 'subscription':
      await tx
        .updateTable('subscriptions')
        .set({ tags: text })
        .where('subscription_id', '=', scope.uid)
        .execute()
      return
    case 'group':
      await updateGroup(tx, scope.uid, { tags }, now)
      return
    case 'resource':
      await tx
        .updateTable('resources')
        .set({ tags: text, changed_at: now })
        .where('uid', '=', scope.uid)
        .execute()
  }
}
