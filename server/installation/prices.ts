import { readFileSync } from 'node:fs'
import { fieldText } from '../../api/messages/en/phrases.ts'
import { english } from '../../api/messages/en.ts'
import type { Refusal } from '../../api/refusals.ts'
import { type Database, StartRefused, messageOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { loadDefaultPrices } from '../prices/change.store.ts'
import { packagedPrices } from '../prices/packaged.ts'
import { type AskedPrice, checkPriceList } from '../prices/price-list.ts'
import { recordPrices } from '../prices/record.ts'
import { refusalOf } from '../prices/refused.ts'
import { defaultListKey } from '../prices/store.ts'
import { beginTenantChange } from '../tenants/change.ts'

export type PriceDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
}

/**
 * Puts the default price list in force: what the operator's file adds to it, or on the first start
 * without one the packaged examples. A later start without a file leaves the list as it is.
 *
 * @param file null: none was given.
 * @throws StartRefused when the file is no price list, or would change what is past.
 */
export async function startPrices(
  file: string | null,
  realNow: Instant,
  { database, events, random }: PriceDependencies,
): Promise<void> {
  const asked = file === null ? packagedPrices() : readPriceFile(file)
  await database.transaction(async (tx) => {
    const options = { onlyFirst: file === null, random }
    const decision = await loadDefaultPrices(tx, asked, realNow, options)
    if (!decision.accepted) refuseFile(file, textOf(refusalOf(decision.refusal, 'prices')))
    const { added, version } = decision.value
    if (added.length === 0) return
    const operator = await tx
      .selectFrom('tenants')
      .select('tenant_id')
      .where('is_operator', '=', true)
      .executeTakeFirst()
    assert(operator !== undefined, 'the first start has made the tenant of the operator')
    const tenantId = operator.tenant_id
    const change = await beginTenantChange(tx, events, { tenantId, actor: 'system', realNow })
    await recordPrices(change, { key: defaultListKey, version }, added)
  }, 'load prices')
}

function readPriceFile(file: string): readonly AskedPrice[] {
  const decision = checkPriceList(readJson(file))
  if (decision.accepted) return decision.value
  const { field, problem } = decision.refusal
  return refuseFile(file, fieldText(field, problem))
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return refuseFile(file, `it cannot be read as JSON: ${messageOf(error)}.`)
  }
}

function refuseFile(file: string | null, text: string): never {
  throw new StartRefused(`the price list ${file ?? 'of the package'}: ${text.replace(/\.$/, '')}`)
}

function textOf({ name, facts }: Refusal): string {
  // The name picks the text that takes its facts; the compiler cannot follow the pair.
  return (english[name] as (facts: object) => string)(facts)
}
