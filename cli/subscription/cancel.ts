import type { Client } from '../../api/client.ts'
import { type Call, type Command, isGiven, type Report, wordOf } from '../command.ts'
import { CommandRefused } from '../failure.ts'
import { ask, isAttended } from '../terminal.ts'
import { makePlan } from './cancel-plan.ts'
import { findSubscription, type NamedSubscription, titleOf } from './find.ts'
import { follow, isDisabled } from './follow.ts'
import { isCancelled, isSupportPlan, readLifecycle, readNow } from './lifecycle.ts'
import { planText } from './plan-text.ts'
import { refusePurged } from './purged.ts'
import { subscriptionWord } from './show.ts'
import { outcomeText } from './outcome-text.ts'
import { endingText } from './support-text.ts'

export const subscriptionCancel: Command = {
  name: 'subscription cancel',
  summary: 'Shows the plan, asks, and cancels exactly that',
  words: [subscriptionWord],
  options: [
    ['--yes', 'Do not ask'],
    ['--no-wait', 'Do not wait until everything has stopped'],
  ],
  run: async (call) => {
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const before = await readLifecycle(client, subscription.subscriptionId)
    refusePurged(subscription, before)
    if (isCancelled(before)) {
      const note = `${titleOf(subscription)} is cancelled already; no date moves.`
      return report(call, subscription, { plan: null, note })
    }
    const plan = await makePlan(client, subscription.subscriptionId)
    const shown = planText(subscription, plan)
    await confirm(call, subscription, shown)
    await cancel(client, subscription.subscriptionId, plan.name)
    return report(call, subscription, { plan: plan.name, note: null })
  },
}

/** Cancels exactly what a plan says; refused if the facts have changed since. */
async function cancel(client: Client, subscriptionId: string, plan: string): Promise<void> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/cancel`
  await client.request('POST', path, { query: { cancelPlan: plan } })
}

async function confirm(call: Call, subscription: NamedSubscription, shown: string): Promise<void> {
  const { terminal } = call.surroundings
  call.note(`${shown}\n`)
  if (isGiven(call, 'yes')) return
  if (!isAttended(terminal)) {
    throw new CommandRefused(
      `Nothing was cancelled: there is no terminal to ask on. To cancel ${titleOf(subscription)} ` +
        'as planned, add --yes.',
    )
  }
  const answer = await ask(terminal, 'Cancel it? [y/N] ')
  if (/^y(es)?$/i.test(answer)) return
  throw new CommandRefused('Nothing was cancelled.')
}

async function report(
  call: Call,
  subscription: NamedSubscription,
  { plan, note }: { readonly plan: string | null; readonly note: string | null },
): Promise<Report> {
  const client = await call.client()
  const { subscriptionId } = subscription
  const first = await readLifecycle(client, subscriptionId)
  // A support plan goes on to the end of its term: there is nothing to wait for.
  const isWaited = call.options['wait'] !== false && !isSupportPlan(first)
  const lifecycle = isWaited
    ? await follow(client, subscriptionId, isDisabled, call.progress)
    : first
  const now = await readNow(client, lifecycle)
  const outcome = isSupportPlan(lifecycle)
    ? endingText(subscription, lifecycle, now)
    : outcomeText(subscription, lifecycle, now)
  return {
    data: { ...subscription, plan, now, ...lifecycle },
    text: note === null ? outcome : `${note}\n${outcome}`,
    failed: isWaited && !isDisabled(lifecycle),
  }
}
