import { finishOperation } from '../operations/store.ts'
import { type Clock, addMs } from '../kernel/instant.ts'
import { RequestRefused } from '../pipeline/operation.ts'
import { deleteResources } from '../resources/delete.http.ts'
import { listMembers } from '../resources/list.store.ts'
import type { ResourceDependencies } from '../resources/resource-request.ts'
import { withdrawAssignments } from '../roles/withdraw.job.ts'
import { type Change, changeSubscription } from '../subscriptions/change.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { eraseGroup, readGroupByUid } from './store.ts'

export type DeleteGroupDependencies = Pick<
  ResourceDependencies,
  'database' | 'events' | 'random' | 'wakeWorkers'
> & { readonly clock: Clock }

/** Members that are asked to go in one transaction. */
const batchSize = 100
const shortestPauseMs = 100
const longestPauseMs = 5_000

const whenSuspended = {
  allow: 'It was asked for by somebody who had the right, and is carried through.',
} as const

/**
 * Asks the members of a group to go, batch by batch, and takes the group away when the last was
 * seen gone. Reads all of it again each time: it may be interrupted anywhere, and done twice.
 */
export async function deleteGroupWork(
  work: ClaimedWork,
  dependencies: DeleteGroupDependencies,
): Promise<WorkOutcome> {
  const { database, clock } = dependencies
  const operationId = String(work.subject['operationId'])
  for (;;) {
    const realNow = clock.now()
    // A purge took the group with everything else: what was asked for is so.
    if ((await readGroupByUid(database.db, work.key)) === null) {
      await finishOperation(database.db, operationId, { answer: { status: 200 } }, realNow)
      return workDone
    }
    const left = await step(work, operationId, dependencies)
    if (left === 'none') return workDone
    if (left === 'waiting') return tryAgain(work, dependencies)
  }
}

/** `more`: there may be another batch. `waiting`: all were asked to go, and some are not gone. */
type Left = 'more' | 'waiting' | 'none'

async function step(
  work: ClaimedWork,
  operationId: string,
  dependencies: DeleteGroupDependencies,
): Promise<Left> {
  const subscriptionId = String(work.subject['subscriptionId'])
  const asked = {
    tenantId: work.tenantId,
    subscriptionId,
    actor: String(work.subject['actor']),
    realNow: dependencies.clock.now(),
    whenSuspended,
  }
  try {
    return await changeSubscription(dependencies, asked, (change) =>
      askMembers(change, work.key, operationId, dependencies),
    )
  } catch (error) {
    // The subscription is being purged: the purge takes the group, and this waits for it.
    const purging = error instanceof RequestRefused && error.refusal.name === 'subscriptionNotFound'
    if (purging) return 'waiting'
    throw error
  }
}

async function askMembers(
  change: Change,
  groupUid: string,
  operationId: string,
  dependencies: DeleteGroupDependencies,
): Promise<Left> {
  const { tx, subscription, realNow } = change
  const group = await readGroupByUid(tx, groupUid)
  if (group === null) return 'more'
  const { subscriptionId } = subscription
  const key = group.name.toLowerCase()
  const { live, leaving } = await listMembers(tx, subscriptionId, key, batchSize)
  if (live.length > 0) {
    await deleteResources(change, live, dependencies)
    return 'more'
  }
  if (leaving > 0) return 'waiting'
  await eraseGroup(tx, groupUid)
  const scopeKey = `/subscriptions/${subscriptionId}/resourcegroups/${key}`
  await withdrawAssignments(tx, dependencies.events, {
    tenantId: change.subscription.tenantId,
    scopeKey,
    actor: 'system',
    realNow,
  })
  await change.record('ResourceGroupDeleted', { uid: groupUid })
  await finishOperation(tx, operationId, { answer: { status: 200 } }, realNow)
  return 'none'
}

/** A real pause, longer each time: nobody tells this work when the last member went. */
function tryAgain(work: ClaimedWork, { clock }: DeleteGroupDependencies): WorkOutcome {
  const pauseMs = Math.min(shortestPauseMs * 2 ** Math.min(work.attempts, 10), longestPauseMs)
  return { done: false, nextTryAt: addMs(clock.now(), pauseMs), error: null }
}
