import type { Client } from '../../api/client.ts'
import { type Command, wordOf } from '../command.ts'
import { findSubscription } from './find.ts'
import { type CancelPlan, planText } from './plan-text.ts'
import { subscriptionWord } from './show.ts'

export const subscriptionPlan: Command = {
  name: 'subscription plan',
  summary: 'What a cancel would stop, keep and lose, and when; changes nothing',
  words: [subscriptionWord],
  run: async (call) => {
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const plan = await makePlan(client, subscription.subscriptionId)
    return { data: plan, text: planText(subscription, plan) }
  },
}

export async function makePlan(client: Client, subscriptionId: string): Promise<CancelPlan> {
  const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/cancelPlans`
  const { body } = await client.request<CancelPlan>('POST', path)
  return body
}
