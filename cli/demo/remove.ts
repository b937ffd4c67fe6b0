import type { Client } from '../../api/client.ts'
import { accountPath } from '../billing-account/account.ts'
import { advance, advancedText } from '../clock/advance.ts'
import type { Call, Command } from '../command.ts'
import { count } from '../dates.ts'
import { CommandRefused } from '../failure.ts'
import { follow, isDisabled, isPurged, stuckText } from '../subscription/follow.ts'
import { listSubscriptions } from '../subscription/find.ts'
import { isCancelled, isSupportPlan, readLifecycle } from '../subscription/lifecycle.ts'
import { cancelledAt, findDemos, readDemoClock, removedTitle } from './names.ts'

export const demoRemove: Command = {
  name: 'demo remove',
  summary: 'Cancels all of the demonstration, and lets its clock run until all data is deleted',
  run: async (call) => {
    const client = await call.client()
    const demos = await findDemos(client)
    const removed = []
    for (const name of demos) {
      removed.push({
        billingAccount: name,
        testClock: name,
        ...(await removeDemo(call, client, name)),
      })
    }
    return { data: removed, text: removedText(removed) }
  },
}

/** A day beyond the last end. */
const marginMs = 24 * 60 * 60 * 1000

async function removeDemo(call: Call, client: Client, name: string): Promise<Gone> {
  const subscriptions: string[] = []
  const supportPlans: string[] = []
  const ends: number[] = []
  for (const subscriptionId of await findSubscriptions(client, name)) {
    await cancelIfNeeded(call, client, subscriptionId)
    const lifecycle = await readLifecycle(client, subscriptionId)
    const isSupport = isSupportPlan(lifecycle)
    const end = isSupport ? lifecycle.term?.endsAt : lifecycle.purgeAt
    ends.push(Date.parse(end ?? lifecycle.purgedAt ?? cancelledAt))
    const found = isSupport ? supportPlans : subscriptions
    found.push(subscriptionId)
  }
  await passEnds(call, client, name, Math.max(...ends, 0))
  for (const subscriptionId of subscriptions) {
    const lifecycle = await follow(client, subscriptionId, isPurged, call.progress)
    if (!isPurged(lifecycle)) throw new CommandRefused(stuckText(lifecycle.effects.stuck))
    call.note(`  ${subscriptionId} is gone`)
  }
  // Last: as long as this is not said, the next run looks for what is left.
  await client.request('PUT', accountPath(name), {
    body: { properties: { displayName: removedTitle } },
  })
  return { subscriptions, supportPlans }
}

/** Also those that somebody made in the demonstration's billing account afterwards. */
async function findSubscriptions(client: Client, billingAccount: string): Promise<string[]> {
  const found: string[] = []
  for (const { subscriptionId } of await listSubscriptions(client)) {
    const lifecycle = await readLifecycle(client, subscriptionId)
    if (lifecycle.billingAccount === billingAccount) found.push(subscriptionId)
  }
  return found
}

async function cancelIfNeeded(call: Call, client: Client, subscriptionId: string): Promise<void> {
  const before = await readLifecycle(client, subscriptionId)
  if (!isCancelled(before) && before.state !== 'Deleted') {
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/cancel`
    await client.request('POST', path, { query: { IgnoreResourceCheck: 'true' } })
    call.note(`  ${subscriptionId} cancelled`)
  }
  // It goes on to the end of its term.
  if (isSupportPlan(before)) return
  const lifecycle = await follow(client, subscriptionId, isDisabled, call.progress)
  if (!isDisabled(lifecycle)) throw new CommandRefused(stuckText(lifecycle.effects.stuck))
}

/** Beyond the last retention, and the last term of a support plan. */
async function passEnds(call: Call, client: Client, name: string, last: number): Promise<void> {
  const clock = await readDemoClock(client, name)
  if (clock === null || last === 0) return
  const to = new Date(last + marginMs).toISOString()
  if (Date.parse(clock.properties.now) >= Date.parse(to)) return
  const advanced = await advance(client, name, { to }, call.progress)
  if (advanced.stuck.length > 0) throw new CommandRefused(advancedText(name, advanced))
  call.note(`  clock "${name}" moved to ${to.slice(0, 10)}`)
}

type Gone = {
  /** Purged. */
  readonly subscriptions: readonly string[]
  /** Ended: they held no data, there is nothing of them to purge. */
  readonly supportPlans: readonly string[]
}

type Removed = Gone & { readonly billingAccount: string }

function removedText(removed: readonly Removed[]): string {
  if (removed.length === 0) return 'There is no demonstration. Make one: npx reprieve demo'
  const ids = removed.flatMap(({ subscriptions }) => subscriptions)
  const ended = removed.flatMap(({ supportPlans }) => supportPlans)
  const plans = ended.length === 0 ? '' : count(ended.length, 'support plan')
  const accounts = removed.map(({ billingAccount }) => billingAccount).join(', ')
  return [
    `The demonstration is removed: ${count(ids.length, 'subscription')} purged just now, and all ` +
      'of its data with them.',
    'What remains, and why:',
    '  - the ids of its subscriptions: an id is never used again, so that no old link or script ' +
      'meets a stranger',
    '  - their histories, without the data: they prove that all went as it should, and when ' +
      '(npx reprieve events verify <id>)',
    ...(plans.length === 0
      ? []
      : [`  - ${plans}, ended with the term: there was no data to purge`]),
    '  - its invoices, which say TEST: their numbers leave no gap (npx reprieve invoice list)',
    `  - the billing account and the clock (${accounts}): the histories belong to them`,
    'A new one, under a new name: npx reprieve demo',
  ].join('\n')
}
