import type { Transaction } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import type { Party } from './invoice.ts'

/** Who sells and who buys, as they stand when a document is issued. */
export async function parties(
  tx: Pick<Transaction<Schema>, 'selectFrom'>,
  account: BillingAccount,
): Promise<{ readonly seller: Party; readonly buyer: Party }> {
  const buyer = {
    name: account.displayName,
    address: account.address,
    country: account.country,
    taxId: account.taxId,
  }
  return { seller: await readSeller(tx, account.tenantId), buyer }
}

/** A tenant that has not said who sells is named itself. */
export async function readSeller(
  tx: Pick<Transaction<Schema>, 'selectFrom'>,
  tenantId: string,
): Promise<Party> {
  const row = await tx
    .selectFrom('sellers')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (row !== undefined) {
    return { name: row.name, address: row.address, country: row.country, taxId: row.tax_id }
  }
  const tenant = await tx
    .selectFrom('tenants')
    .select('display_name')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  return { name: tenant.display_name, address: [], country: '', taxId: null }
}
