import type { Schema } from '../database/schema.ts'
import { type TestDatabase, testRandom } from '../database/testing/test-database.ts'
import type { EventRecorder } from '../events/record.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Decision } from '../kernel/decision.ts'
import { offers } from '../offers/offer.ts'
import { decideReactivate } from '../subscriptions/reactivate.ts'
import { recordLifecycle } from '../subscriptions/record-lifecycle.ts'
import { type LockedSubscription, lockSubscription } from '../subscriptions/store.ts'
import type { LifecycleEvent } from '../subscriptions/subscription.ts'
import { decideSuspend } from '../subscriptions/suspend.ts'
import { people, subscriptionA } from './world-fixture.ts'

type Lifecycle = { readonly database: TestDatabase<Schema>; readonly events: EventRecorder }

/** Cancels tenant A's subscription as the operation does, without its answer. */
export async function suspend(opened: Lifecycle, now: Instant): Promise<void> {
  await decided(opened, now, (subscription) =>
    decideSuspend(subscription.lifecycle, 'Cancelled', offers.PayAsYouGo, subscription.now),
  )
}

export async function reactivate(opened: Lifecycle, now: Instant): Promise<void> {
  await decided(opened, now, ({ lifecycle, now: at }) => decideReactivate(lifecycle, at))
}

async function decided(
  { database, events }: Lifecycle,
  now: Instant,
  decide: (subscription: LockedSubscription) => Decision<readonly LifecycleEvent[], unknown>,
): Promise<void> {
  await database.transaction(async (tx) => {
    const subscription = (await lockSubscription(tx, subscriptionA, now))!
    const decision = decide(subscription)
    if (!decision.accepted) throw new Error(JSON.stringify(decision.refusal))
    const context = { actor: people.owner, realNow: now }
    await recordLifecycle(tx, subscription, decision.value, context, { events, random: testRandom })
  })
}
