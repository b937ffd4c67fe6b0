import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import { isReprieveName } from '../kernel/names.ts'
import {
  type OperationRequest,
  type OperationResponse,
  RequestRefused,
  refuseRequest,
} from '../pipeline/operation.ts'
import { beginTenantChange } from '../tenants/change.ts'
import { addPrices, chargedUntil, type LockedList, lockPriceList } from './change.store.ts'
import { decidePriceChange } from './change.ts'
import { type AskedPrice, type ListedPrice, type PriceEntry, checkPriceList } from './price-list.ts'
import { recordPrices } from './record.ts'
import { refusalOf } from './refused.ts'
import { showWhole } from './show.ts'
import { isDefaultList, readPrices } from './store.ts'

export type PriceListDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
}

export type PriceListBody = { readonly properties: { readonly prices: readonly PriceEntry[] } }

const text = Type.String()
const entry = Type.Object(
  {
    offer: text,
    meter: text,
    effectiveFrom: text,
    unitPrices: Type.Unsafe({ type: 'object', additionalProperties: { type: 'string' } }),
  },
  { additionalProperties: false },
)
const properties = Type.Object(
  {
    prices: Type.Array(entry),
    // What a GET shows may be sent back.
    version: Type.Optional(Type.Integer()),
    createdAt: Type.Optional(text),
  },
  { additionalProperties: false },
)

export const priceListBody = Type.Object(
  {
    properties,
    id: Type.Optional(text),
    name: Type.Optional(text),
    type: Type.Optional(text),
  },
  { additionalProperties: false },
)

const listField = 'properties.prices'

/** Makes a tenant's own list, or adds prices to it. What is on it and not asked for stays. */
export async function putPriceList(
  { caller, params, body, realNow }: OperationRequest<PriceListBody>,
  { database, events, random }: PriceListDependencies,
): Promise<OperationResponse> {
  const name = String(params['priceListName'])
  if (isDefaultList(name)) refuseRequest('defaultPriceList', {})
  if (!isReprieveName(name)) {
    refuseRequest('invalidName', { field: 'price list name', name, rule: 'reprieve' })
  }
  const { prices } = body.properties
  const checked = checkPriceList({ prices }, 'properties.')
  if (!checked.accepted) refuseRequest('invalidContent', checked.refusal)
  const { tenantId, principalId: actor } = caller
  return database.transaction(async (tx) => {
    // Also keeps accounts from being made on the list meanwhile, on clocks that are further on.
    const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const list = await lockPriceList(tx, { tenantId, name, realNow })
    const { added, version } = await add(tx, list, checked.value, realNow, random)
    if (list.isNew || added.length > 0) await recordPrices(change, { ...list, version }, added)
    const shown = showWhole({ ...list, version }, await readPrices(tx, list.key))
    return { status: list.isNew ? 201 : 200, body: shown }
  }, 'put a price list')
}

async function add(
  tx: Transaction<Schema>,
  list: LockedList,
  asked: readonly AskedPrice[],
  realNow: OperationRequest['realNow'],
  random: Random,
): Promise<{ readonly added: readonly ListedPrice[]; readonly version: number }> {
  const stored = await readPrices(tx, list.key)
  // Nobody pays by a list that is new: its prices may begin at any time.
  const notBefore = list.isNew ? null : await chargedUntil(tx, list.key, realNow)
  const decision = decidePriceChange(stored, asked, notBefore)
  if (!decision.accepted) throw new RequestRefused(refusalOf(decision.refusal, listField))
  const added = decision.value
  return { added, version: await addPrices(tx, list, added, realNow, random) }
}
