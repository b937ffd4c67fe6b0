import { type Transaction, sql } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type Decision, accept } from '../kernel/decision.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, later } from '../kernel/instant.ts'
import { checkCreditsAgain } from '../trials/plan-credit-check.ts'
import { type PriceChangeRefusal, decidePriceChange } from './change.ts'
import type { AskedPrice, ListedPrice } from './price-list.ts'
import { type StoredList, defaultListKey, listOf, priceListKeyOf, readPrices } from './store.ts'

export type LockedList = StoredList & { readonly isNew: boolean }

/** A list whose row is locked until the transaction ends; it is made if there is none. */
export async function lockPriceList(
  tx: Transaction<Schema>,
  list: { readonly tenantId: string | null; readonly name: string; readonly realNow: Instant },
): Promise<LockedList> {
  const { tenantId, name, realNow } = list
  const key = tenantId === null ? defaultListKey : priceListKeyOf(tenantId, name)
  const made = await tx
    .insertInto('price_lists')
    .values({ price_list_key: key, tenant_id: tenantId, name, version: 1, created_at: realNow })
    .onConflict((conflict) => conflict.column('price_list_key').doNothing())
    .executeTakeFirst()
  const row = await tx
    .selectFrom('price_lists')
    .selectAll()
    .where('price_list_key', '=', key)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { ...listOf(row), isNew: (made.numInsertedOrUpdatedRows ?? 0n) > 0n }
}

const rowsAtOnce = 1_000

/** Stores what was decided, and tells every account that it concerns. Answers the new version. */
export async function addPrices(
  tx: Transaction<Schema>,
  list: LockedList,
  added: readonly ListedPrice[],
  realNow: Instant,
  random: Random,
): Promise<number> {
  if (added.length === 0) return list.version
  for (let from = 0; from < added.length; from += rowsAtOnce) {
    const rows = added.slice(from, from + rowsAtOnce).map((price) => ({
      price_list_key: list.key,
      offer: price.offer,
      meter: price.meter,
      currency: price.currency,
      effective_at: price.effectiveAt,
      unit_price: price.unitPrice,
      recorded_at: realNow,
    }))
    await tx.insertInto('prices').values(rows).execute()
  }
  await bumpAccounts(tx, list.key)
  await checkCreditsAgain(tx, list.key, realNow, random)
  if (list.isNew) return list.version
  const version = list.version + 1
  await tx
    .updateTable('price_lists')
    .set({ version })
    .where('price_list_key', '=', list.key)
    .execute()
  return version
}

/** The plans of cancels that were made at other prices no longer hold. */
async function bumpAccounts(tx: Transaction<Schema>, key: string): Promise<void> {
  const bumped = tx
    .updateTable('billing_accounts')
    .set({ billing_version: sql`billing_version + 1` })
  // Whoever has a list of his own pays by the default one too; a test clock never sees it change.
  const concerned =
    key === defaultListKey
      ? bumped.where('prices_as_of', 'is', null)
      : bumped.where('price_list_key', '=', key)
  await concerned.execute()
}

/**
 * Up to where anything can have been charged by a list: now, and where the test clocks of its
 * accounts stand, which are held there until the transaction ends.
 */
export async function chargedUntil(
  tx: Transaction<Schema>,
  key: string,
  realNow: Instant,
): Promise<Instant> {
  const clocks = await tx
    .selectFrom('test_clocks as c')
    .innerJoin('billing_accounts as b', (join) =>
      join.onRef('b.tenant_id', '=', 'c.tenant_id').onRef('b.test_clock_key', '=', 'c.name_key'),
    )
    .select('c.now_at')
    .where('b.price_list_key', '=', key)
    .orderBy('c.name_key')
    .forShare('c')
    .execute()
  return clocks.map((clock) => instantOf(clock.now_at)).reduce(later, realNow)
}

export type LoadedPrices = { readonly added: readonly ListedPrice[]; readonly version: number }

/**
 * Adds what a file says to the default list. The first prices of an installation may begin at any
 * time; later ones take effect after now. Test clocks need not be asked: their accounts see the
 * list as it stood when they were made.
 *
 * @param options.onlyFirst leaves a list that has prices alone, whatever they are.
 */
export async function loadDefaultPrices(
  tx: Transaction<Schema>,
  asked: readonly AskedPrice[],
  realNow: Instant,
  options: { readonly onlyFirst: boolean; readonly random: Random },
): Promise<Decision<LoadedPrices, PriceChangeRefusal>> {
  const list = await lockPriceList(tx, { tenantId: null, name: defaultListKey, realNow })
  const stored = await readPrices(tx, list.key)
  if (options.onlyFirst && stored.length > 0) return accept({ added: [], version: list.version })
  const decision = decidePriceChange(stored, asked, stored.length === 0 ? null : realNow)
  if (!decision.accepted) return decision
  const added = decision.value
  return accept({ added, version: await addPrices(tx, list, added, realNow, options.random) })
}
