import { type Command, wordOf } from '../command.ts'
import { findSubscription } from './find.ts'
import { readCredit } from './credit.ts'
import { readLifecycle, readNow } from './lifecycle.ts'
import { showText } from './show-text.ts'

export const subscriptionWord = ['<subscription>', 'Its id or its name'] as const

export const subscriptionShow: Command = {
  name: 'subscription show',
  summary: 'State, dates, what is still on its way, and who may bring it back',
  words: [subscriptionWord],
  run: async (call) => {
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const lifecycle = await readLifecycle(client, subscription.subscriptionId)
    const now = await readNow(client, lifecycle)
    const credit = await readCredit(client, subscription.subscriptionId, lifecycle)
    return {
      data: { ...subscription, now, ...lifecycle, credit },
      text: showText(subscription, lifecycle, now, credit),
    }
  },
}
