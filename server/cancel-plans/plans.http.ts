import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'
import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { lockSubscription } from '../subscriptions/store.ts'
import { type PlanFacts, planCancel } from './plan.ts'
import { type ShownPlanRow, insertPlan, readPlan, readPlanFacts } from './store.ts'

export type PlanDependencies = {
  readonly database: Database<Schema>
  readonly random: Random
  readonly endings: PlanFacts['endings']
}

const path = '/subscriptions/:subscriptionId/providers/Reprieve.Lifecycle/cancelPlans'
const whenSuspended = { allow: 'a plan changes nothing of what the subscription holds' } as const

export function cancelPlanOperations(dependencies: PlanDependencies): readonly Operation[] {
  return [makePlan(dependencies), getPlan(dependencies)]
}

function makePlan({ database, random, endings }: PlanDependencies): Operation {
  return operation({
    name: 'CancelPlans_Create',
    method: 'POST',
    paths: [path],
    type: 'Reprieve.Lifecycle/cancelPlans',
    apiVersions: lifecycleApiVersions,
    action: 'Reprieve.Lifecycle/cancelPlans/write',
    whenSuspended,
    handle: async ({ caller, params, realNow }) => {
      const subscriptionId = String(params['subscriptionId']).toLowerCase()
      const name = random.uuid()
      const plan = await database.transaction(async (tx) => {
        const subscription = await lockSubscription(tx, subscriptionId, realNow)
        if (subscription === null || subscription.lifecycle.purgeStartedAt !== null) {
          refuseRequest('subscriptionNotFound', { subscriptionId })
        }
        const facts = await readPlanFacts(tx, subscription, endings, subscription.now)
        const body = planCancel(facts, subscription.now)
        const madeBy = caller.principalId
        await insertPlan(tx, subscription, { name, madeBy, realNow, used: false, body })
        return readPlan(tx, subscriptionId, name)
      })
      if (plan === null) refuseRequest('planNotFound', { plan: name })
      return { status: 201, body: show(subscriptionId, plan, realNow) }
    },
  })
}

function getPlan({ database }: PlanDependencies): Operation {
  return operation({
    name: 'CancelPlans_Get',
    method: 'GET',
    paths: [`${path}/:planName`],
    type: 'Reprieve.Lifecycle/cancelPlans',
    apiVersions: lifecycleApiVersions,
    action: 'Reprieve.Lifecycle/cancelPlans/read',
    whenSuspended,
    handle: async ({ params, realNow }) => {
      const subscriptionId = String(params['subscriptionId']).toLowerCase()
      const plan = await readPlan(database.db, subscriptionId, String(params['planName']))
      if (plan === null) refuseRequest('planNotFound', { plan: String(params['planName']) })
      return { status: 200, body: show(subscriptionId, plan, realNow) }
    },
  })
}

function show(subscriptionId: string, plan: ShownPlanRow, realNow: Instant) {
  return {
    id: `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/cancelPlans/${plan.name}`,
    name: plan.name,
    type: 'Reprieve.Lifecycle/cancelPlans',
    properties: {
      planVersion: plan.planVersion,
      expiresAt: formatInstant(plan.expiresAt),
      expired: plan.expiresAt <= realNow,
      ...plan.body,
    },
  }
}
