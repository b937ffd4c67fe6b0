import type { Kysely, Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** Registered unless somebody took the registration back: nobody should have to ask first. */
export async function isRegistered(
  db: Reader,
  subscriptionId: string,
  namespace: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('provider_registrations')
    .select('state')
    .where('subscription_id', '=', subscriptionId)
    .where('namespace_key', '=', namespace.toLowerCase())
    .executeTakeFirst()
  return row?.state !== 'NotRegistered'
}

/** The namespaces, in lower case, whose registration was taken back. */
export async function unregisteredNamespaces(
  db: Reader,
  subscriptionId: string,
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('provider_registrations')
    .select('namespace_key')
    .where('subscription_id', '=', subscriptionId)
    .where('state', '=', 'NotRegistered')
    .execute()
  return new Set(rows.map((row) => row.namespace_key))
}

export async function setRegistration(
  tx: Transaction<Schema>,
  registration: {
    readonly tenantId: string
    readonly subscriptionId: string
    readonly namespace: string
    readonly state: 'Registered' | 'NotRegistered'
  },
): Promise<void> {
  const { tenantId, subscriptionId, namespace, state } = registration
  await tx
    .insertInto('provider_registrations')
    .values({
      tenant_id: tenantId,
      subscription_id: subscriptionId,
      namespace_key: namespace.toLowerCase(),
      state,
    })
    .onConflict((conflict) =>
      conflict.columns(['subscription_id', 'namespace_key']).doUpdateSet({ state }),
    )
    .execute()
}
