import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { readEffects } from '../effects/summary.ts'
import type { Instant } from '../kernel/instant.ts'
import type { ReadProgress } from '../operations/operations.http.ts'
import { readSubscription } from './store.ts'

export const deletionKind = 'delete-subscription'

/** An early deletion is done when the last of its data was seen gone. */
export function deletionProgress({
  db,
  effectLimitMs,
}: {
  readonly db: Kysely<Schema>
  readonly effectLimitMs: number
}): { readonly [deletionKind]: ReadProgress } {
  return {
    [deletionKind]: async ({ tenantId, subject: subscriptionId }, { realNow }) => {
      const subscription = await readSubscription(db, tenantId, subscriptionId)
      if (subscription === null || subscription.lifecycle.purgedAt !== null) {
        return { status: 'Succeeded', answer: { status: 200, body: { subscriptionId } } }
      }
      const stuckBefore = (realNow - effectLimitMs) as Instant
      const { total, done, stuck } = await readEffects(db, subscriptionId, stuckBefore)
      const percentComplete = total === 0 ? 0 : Math.floor((99 * done) / total)
      return { status: 'Running', percentComplete, properties: { total, done, stuck } }
    },
  }
}
