import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { isUuid } from '../kernel/ids.ts'
import { type Grant, tenantScope } from '../roles/role.ts'

/**
 * The ids of the subscriptions that a caller may see, in order: those on which he holds something
 * at, above or below, and those that he is the account administrator of. One whose purge has begun
 * is not there.
 */
export async function listVisibleIds(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  caller: {
    readonly tenantId: string
    readonly principalId: string
    readonly grants: readonly Grant[]
  },
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  let query = db
    .selectFrom('subscriptions')
    .select('subscription_id')
    .where('tenant_id', '=', caller.tenantId)
    .where('purge_started_at', 'is', null)
    .orderBy('subscription_id')
    .limit(page.limit)
  if (page.after !== null) query = query.where('subscription_id', '>', page.after)
  if (!caller.grants.some((grant) => grant.scopeKey === tenantScope)) {
    const granted = [...new Set(caller.grants.flatMap(subscriptionOf))]
    query = query.where((where) =>
      where.or([
        where('account_administrator', '=', caller.principalId),
        ...(granted.length === 0 ? [] : [where('subscription_id', 'in', granted)]),
      ]),
    )
  }
  return (await query.execute()).map((row) => row.subscription_id)
}

export async function readTenantName(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  tenantId: string,
): Promise<string> {
  const row = await db
    .selectFrom('tenants')
    .select('display_name')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row?.display_name ?? ''
}

function subscriptionOf({ scopeKey }: Grant): readonly string[] {
  const id = /^\/subscriptions\/([^/]+)/.exec(scopeKey)?.[1] ?? ''
  return isUuid(id) ? [id] : []
}
