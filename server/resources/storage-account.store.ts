import type { Kysely, Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'

/** Takes a global name. False: somebody has it, in whatever tenant, or its data is not yet gone. */
export async function claimAccountName(
  tx: Transaction<Schema>,
  account: {
    readonly name: string
    readonly tenantId: string
    readonly uid: string
    readonly sealedKeys: string
  },
): Promise<boolean> {
  const claimed = await tx
    .insertInto('storage_accounts')
    .values({
      name: account.name,
      tenant_id: account.tenantId,
      uid: account.uid,
      sealed_keys: account.sealedKeys,
    })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('uid')
    .executeTakeFirst()
  return claimed !== undefined
}

export async function isAccountNameTaken(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  name: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('storage_accounts')
    .select('uid')
    .where('name', '=', name)
    .executeTakeFirst()
  return row !== undefined
}

export async function readSealedKeys(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  uid: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('storage_accounts')
    .select('sealed_keys')
    .where('uid', '=', uid)
    .executeTakeFirst()
  return row?.sealed_keys ?? null
}

export async function replaceSealedKeys(
  tx: Transaction<Schema>,
  uid: string,
  sealedKeys: string,
): Promise<void> {
  await tx
    .updateTable('storage_accounts')
    .set({ sealed_keys: sealedKeys })
    .where('uid', '=', uid)
    .execute()
}
