import { createHash } from 'node:crypto'
import { canonicalJson } from '../../api/event-chain.ts'
import type { TenantChange } from '../tenants/change.ts'
import { type ListedPrice, groupPrices } from './price-list.ts'

/**
 * Tells a tenant's history that its prices changed. A list's key holds a name, which a history
 * never does, so it stands there by its hash; that of the added prices proves what they were.
 */
export async function recordPrices(
  change: TenantChange,
  list: { readonly key: string; readonly version: number },
  added: readonly ListedPrice[],
): Promise<void> {
  await change.record('PriceListChanged', {
    priceList: sha256(list.key),
    version: list.version,
    added: added.length,
    addedHash: sha256(canonicalJson(groupPrices(added))),
  })
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
