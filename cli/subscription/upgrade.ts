import { type Command, wordOf } from '../command.ts'
import { dateText } from '../dates.ts'
import { findSubscription, titleOf } from './find.ts'
import { follow, isBack, stuckText } from './follow.ts'
import type { Lifecycle } from './lifecycle.ts'
import { subscriptionWord } from './show.ts'

export const subscriptionUpgrade: Command = {
  name: 'subscription upgrade',
  summary: 'From a free trial to pay-as-you-go: no end and no limit any more',
  words: [subscriptionWord],
  run: async (call) => {
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const { subscriptionId } = subscription
    const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/upgrade`
    await client.request('POST', path, { body: { offer: 'PayAsYouGo' } })
    const lifecycle = await follow(client, subscriptionId, isBack, call.progress)
    return {
      data: { ...subscription, ...lifecycle },
      text: upgradedText(titleOf(subscription), lifecycle),
      failed: lifecycle.effects.stuck.length > 0,
    }
  },
}

function upgradedText(title: string, { offer, state, suspensions, effects }: Lifecycle): string {
  const left = suspensions.map(
    ({ reason, effectiveAt }) => `${reason} since ${dateText(effectiveAt)}`,
  )
  const first =
    `${title} is ${offer} and ${state}: what is used from now on is charged, but for what is ` +
    'left of its credit until its date.'
  const stays = left.length === 0 ? '' : `It stays ${state}: ${left.join('; ')}.`
  return [first, stays, stuckText(effects.stuck)].filter((part) => part !== '').join('\n')
}
