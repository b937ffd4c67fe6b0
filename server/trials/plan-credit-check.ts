import type { Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Offer } from '../offers/offer.ts'
import { enqueue } from '../work/work.ts'

const checkWork = 'check-credit'

/**
 * Something of a trial began to be charged, or is charged at another rate: when its limit is
 * reached must be reckoned anew. Of other offers there is nothing to plan.
 */
export async function planCreditCheck(
  tx: Transaction<Schema>,
  subscription: {
    readonly tenantId: string
    readonly subscriptionId: string
    readonly clockKey: string | null
    readonly offer: Offer
  },
  realNow: Instant,
  random: Random,
  dueAt: Instant | null = null,
): Promise<void> {
  if (subscription.offer.spendingLimit === 'Off') return
  const { tenantId, subscriptionId: key, clockKey } = subscription
  const order = { tenantId, kind: checkWork, key, subject: {}, clockKey, dueAt, hostId: null }
  await enqueue(tx, order, realNow, random)
}
