import { type Command, wordOf } from '../command.ts'
import { findSubscription, titleOf } from './find.ts'
import { subscriptionWord } from './show.ts'

export const subscriptionRename: Command = {
  name: 'subscription rename',
  summary: 'Gives a subscription another name; its id stays',
  words: [subscriptionWord, ['<name>', 'The new name']],
  run: async (call) => {
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const { subscriptionId } = subscription
    const displayName = wordOf(call, 1)
    await client.request(
      'POST',
      `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/rename`,
      { body: { subscriptionName: displayName } },
    )
    return {
      data: { subscriptionId, displayName },
      text: `${titleOf(subscription)} is now named ${displayName}.`,
    }
  },
}
