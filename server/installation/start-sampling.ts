import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { planHourlySamples } from '../effects/plan-samples.ts'
import { assert } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'

/** From now on this host measures every hour what it stores. At each start: once is enough. */
export async function startSampling(
  realNow: Instant,
  core: {
    readonly database: Database<Schema>
    readonly hostId: string
    readonly random: Random
  },
): Promise<void> {
  const { database, hostId, random } = core
  await database.transaction(async (tx) => {
    const operator = await tx
      .selectFrom('tenants')
      .select('tenant_id')
      .where('is_operator', '=', true)
      .executeTakeFirst()
    assert(operator !== undefined, 'the first start has made the tenant of the operator')
    await planHourlySamples(tx, { tenantId: operator.tenant_id, hostId }, realNow, random)
  }, 'plan samples')
}
