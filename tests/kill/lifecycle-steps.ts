import { dayMs } from '../../server/kernel/instant.ts'
import { expectStatus, type Load, type Outcome, send } from './load.ts'
import { type Crew, idOf, membersGo, type ModelSubscription } from './model.ts'
import { Violation } from './uncertain.ts'

const retentionMs = 90 * dayMs
const deletableAfterMs = 3 * dayMs

/** Cancels; or cancels once more, which moves no date. */
export async function cancel(
  load: Load,
  crew: Crew,
  subscription: ModelSubscription,
): Promise<Outcome> {
  const path = `/subscriptions/${idOf(subscription)}/providers/Microsoft.Subscription/cancel`
  const again = subscription.standing.isSurely('Cancelled')
  if (!again) {
    subscription.standing.mayBecome('Cancelled')
    // Known before it is answered: the clock stands still, so it begins now or not at all.
    subscription.purgeAt = (crew.now.possible[0] ?? 0) + retentionMs
  }
  const answer = await send(load, 'POST', `${path}?IgnoreResourceCheck=true`, {})
  if (answer === null) return 'unanswered'
  expectStatus(answer, [200], `cancel of ${subscription.name}`)
  subscription.standing.acknowledge('Cancelled')
  if (!again) subscription.cancelAnsweredAt = performance.now()
  return 'acknowledged'
}

export async function enable(load: Load, subscription: ModelSubscription): Promise<Outcome> {
  const path = `/subscriptions/${idOf(subscription)}/providers/Microsoft.Subscription/enable`
  subscription.standing.mayBecome('Enabled')
  const answer = await send(load, 'POST', path, {})
  if (answer === null) return 'unanswered'
  expectStatus(answer, [200], `enable of ${subscription.name}`)
  subscription.standing.acknowledge('Enabled')
  subscription.purgeAt = null
  subscription.cancelAnsweredAt = null
  return 'acknowledged'
}

/** Moves the crew's clock; past the purge date, that is the end of a cancelled subscription. */
export async function advance(
  load: Load,
  crew: Crew,
  subscription: ModelSubscription | null,
  days: number,
): Promise<Outcome> {
  const from = crew.now.possible[0] ?? 0
  const to = from + days * dayMs
  const ends =
    subscription !== null &&
    subscription.standing.isSurely('Cancelled') &&
    subscription.purgeAt !== null &&
    to >= subscription.purgeAt
  crew.now.mayBecome(to)
  if (ends) mayEnd(subscription)
  const path = `/providers/Reprieve.Lifecycle/testClocks/${crew.clock}/advance`
  const answer = await send(load, 'POST', path, { to: new Date(to).toISOString() })
  if (answer === null) return 'unanswered'
  expectStatus(answer, [200, 202], `advance of ${crew.clock}`)
  crew.now.acknowledge(to)
  if (ends) end(load, subscription)
  return answer.status === 202 ? 'accepted' : 'acknowledged'
}

/** The early end of the retention: some days after the cancel, the name typed. */
export async function deleteEarly(
  load: Load,
  crew: Crew,
  subscription: ModelSubscription,
): Promise<Outcome> {
  const { purgeAt } = subscription
  const now = crew.now.possible[0] ?? 0
  if (purgeAt === null || now < purgeAt - retentionMs + deletableAfterMs) {
    return advance(load, crew, subscription, 4)
  }
  mayEnd(subscription)
  const path = `/subscriptions/${idOf(subscription)}/providers/Reprieve.Lifecycle/delete`
  const answer = await send(load, 'POST', path, { subscriptionName: subscription.name })
  if (answer === null) return 'unanswered'
  expectStatus(answer, [200, 202], `deletion of ${subscription.name}`)
  end(load, subscription)
  // It names no operation to wait for: the check after the round waits for the end.
  return 'accepted'
}

/** The date of a cancelled subscription: the retention after the cancel, and never another. */
export function checkPurgeAt({ purgeAt, name }: ModelSubscription, shown: string | null): void {
  const wanted = purgeAt === null ? null : new Date(purgeAt).toISOString()
  if (shown === wanted) return
  throw new Violation(`the purge of ${name} is dated ${String(shown)}; it must be ${wanted}`)
}

function mayEnd(subscription: ModelSubscription): void {
  subscription.standing.mayBecome('Deleted')
  membersGo(subscription, null, 'unanswered')
  for (const group of subscription.groups.values()) group.exists.mayBecome(false)
}

function end(load: Load, subscription: ModelSubscription): void {
  subscription.standing.acknowledge('Deleted')
  membersGo(subscription, null, 'acknowledged')
  for (const group of subscription.groups.values()) group.exists.acknowledge(false)
  load.tally.purges += 1
}
