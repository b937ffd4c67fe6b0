import { type Command, wordOf } from '../command.ts'
import { dateText } from '../dates.ts'
import { findSubscription, titleOf } from './find.ts'
import { follow, isBack, stuckText } from './follow.ts'
import { isSupportPlan, type Lifecycle } from './lifecycle.ts'
import { subscriptionWord } from './show.ts'

export const subscriptionReactivate: Command = {
  name: 'subscription reactivate',
  summary: 'Takes a cancel back, while its data is kept',
  words: [subscriptionWord],
  run: async (call) => {
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const { subscriptionId } = subscription
    await client.request(
      'POST',
      `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/enable`,
    )
    const lifecycle = await follow(client, subscriptionId, isBack, call.progress)
    return {
      data: { ...subscription, ...lifecycle },
      text: backText(titleOf(subscription), lifecycle),
      failed: lifecycle.effects.stuck.length > 0,
    }
  },
}

function backText(title: string, lifecycle: Lifecycle): string {
  const { state, suspensions, effects, term } = lifecycle
  if (isSupportPlan(lifecycle) && term?.renews === true) {
    return `${title} renews on ${dateText(term.endsAt)}, for another term.`
  }
  const others = suspensions.map(
    ({ reason, effectiveAt }) => `${reason} since ${dateText(effectiveAt)}`,
  )
  const first =
    others.length === 0
      ? `${title} is ${state}. Writes pass again.`
      : `The cancel of ${title} is taken back. It stays ${state}: ${others.join('; ')}.`
  return [first, stuckText(effects.stuck)].filter((part) => part !== '').join('\n')
}
