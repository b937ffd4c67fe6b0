import { dateText } from '../dates.ts'
import { CommandRefused } from '../failure.ts'
import { type NamedSubscription, titleOf } from './find.ts'
import type { Lifecycle } from './lifecycle.ts'

/** @throws CommandRefused for what is deleted for good: there is nothing left to act on. */
export function refusePurged(subscription: NamedSubscription, lifecycle: Lifecycle): void {
  const { state, purgeStartedAt } = lifecycle
  const { subscriptionId } = subscription
  if (state !== 'Deleted') return
  throw new CommandRefused(
    `${titleOf(subscription)} is deleted for good, since ${dateText(purgeStartedAt)}: there is ` +
      `nothing left to cancel. Its history: npx reprieve events verify ${subscriptionId}`,
  )
}
