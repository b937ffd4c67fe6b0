import type { Client } from '../../api/client.ts'
import { type Command, wordOf } from '../command.ts'
import { findSubscription, titleOf } from './find.ts'
import { readLifecycle } from './lifecycle.ts'
import { type CancelPlan, planText } from './plan-text.ts'
import { subscriptionWord } from './show.ts'

export const subscriptionPlan: Command = {
  name: 'subscription plan',
  summary: 'What a cancel would stop, keep and lose, and when; changes nothing',
  words: [subscriptionWord],
  run: async (call) => {
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const { subscriptionId } = subscription
    const { cancelledAt } = await readLifecycle(client, subscriptionId)
    const plan = await makePlan(client, subscriptionId)
    const text = planText(subscription, plan)
    if (cancelledAt === null) return { data: plan, text }
    const note = `${titleOf(subscription)} is cancelled already; another cancel moves no date.`
    return { data: plan, text: `${note}\n\n${text}` }
  },
}

export async function makePlan(client: Client, subscriptionId: string): Promise<CancelPlan> {
  const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/cancelPlans`
  const { body } = await client.request<CancelPlan>('POST', path)
  return body
}
