import { dateText, daysFrom } from '../dates.ts'
import { type NamedSubscription, titleOf } from './find.ts'
import { stuckText } from './follow.ts'
import type { Lifecycle } from './lifecycle.ts'
import { wanted } from './show-text.ts'

/** One line after an act: what is so now. */
export function outcomeText(
  subscription: NamedSubscription,
  lifecycle: Lifecycle,
  now: string | null,
): string {
  const { state, effects, purgeAt } = lifecycle
  const until =
    purgeAt === null || state === 'Deleted'
      ? ''
      : ` Its data can be read until ${dateText(purgeAt)}` +
        `${now === null ? '' : ` (${daysFrom(now, purgeAt)})`}.`
  const drained =
    effects.total === 0
      ? ''
      : ` ${effects.done} of ${effects.total} resources are ${wanted(lifecycle)}.`
  return [`${titleOf(subscription)} is ${state}.${until}${drained}`, stuckText(effects.stuck)]
    .filter((part) => part !== '')
    .join('\n')
}
