import { type Command, wordOf } from '../command.ts'
import { makePlan } from './cancel-plan.ts'
import { findSubscription, titleOf } from './find.ts'
import { isCancelled, readLifecycle } from './lifecycle.ts'
import { refusePurged } from './purged.ts'
import { planText } from './plan-text.ts'
import { subscriptionWord } from './show.ts'

export const subscriptionPlan: Command = {
  name: 'subscription plan',
  summary: 'What a cancel would stop, keep and lose, and when; changes nothing',
  words: [subscriptionWord],
  run: async (call) => {
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const { subscriptionId } = subscription
    const lifecycle = await readLifecycle(client, subscriptionId)
    refusePurged(subscription, lifecycle)
    const plan = await makePlan(client, subscriptionId)
    const text = planText(subscription, plan)
    if (!isCancelled(lifecycle)) return { data: plan, text }
    const note = `${titleOf(subscription)} is cancelled already; another cancel moves no date.`
    return { data: plan, text: `${note}\n\n${text}` }
  },
}
