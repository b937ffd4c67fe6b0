import { type Kysely, type Transaction, sql } from 'kysely'
import { instantOf } from '../database/connection.ts'
import { type BillingAccount, readBillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import { estimateFinalBill, readCommitments } from './final-bill.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, addMs } from '../kernel/instant.ts'
import type { OperationRequest } from '../pipeline/operation.ts'
import type { ShownPlan } from '../subscriptions/cancel.ts'
import type { LockedSubscription, Subscription } from '../subscriptions/store.ts'
import {
  type CancelPlanBody,
  type PlanFacts,
  type PlannedResource,
  planCancel,
  planLifetimeMs,
  plannedResourcesMax,
} from './plan.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

export type ShownPlanRow = ShownPlan & {
  readonly madeAt: Instant
  readonly body: CancelPlanBody | null
}

export async function readPlan(
  db: Reader,
  subscriptionId: string,
  name: string,
): Promise<ShownPlanRow | null> {
  const row = await db
    .selectFrom('cancel_plans')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .where('name', '=', name.toLowerCase())
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    name: row.name,
    planVersion: Number(row.plan_version),
    billingVersion: Number(row.billing_version),
    madeAt: instantOf(row.made_at),
    expiresAt: instantOf(row.expires_at),
    body: row.body as CancelPlanBody | null,
  }
}

/** Writes a plan as it was shown. Made under the subscription's lock: it pins what it has read. */
export async function insertPlan(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  plan: {
    readonly name: string
    readonly madeBy: string
    readonly realNow: Instant
    readonly used: boolean
    readonly body: CancelPlanBody | null
  },
): Promise<void> {
  await tx
    .insertInto('cancel_plans')
    .values({
      tenant_id: subscription.tenantId,
      subscription_id: subscription.subscriptionId,
      name: plan.name,
      plan_version: subscription.planVersion,
      billing_version: subscription.billingVersion,
      made_at: subscription.now,
      expires_at: addMs(plan.realNow, planLifetimeMs),
      made_by: plan.madeBy,
      used_at: plan.used ? subscription.now : null,
      body: plan.body === null ? null : JSON.stringify(plan.body),
    })
    .execute()
}

/**
 * Marks the plan that a cancel carried out. A cancel without one records one: its list of resources
 * is filled in after the commit ({@link completePlans}), since a cancel touches no resource itself.
 */
export async function recordUsedPlan(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  plan: ShownPlan | null,
  request: Pick<OperationRequest, 'caller' | 'realNow'>,
  random: Random,
): Promise<string> {
  if (plan === null) {
    const name = random.uuid()
    const madeBy = request.caller.principalId
    await insertPlan(tx, subscription, {
      name,
      madeBy,
      realNow: request.realNow,
      used: true,
      body: null,
    })
    return name
  }
  await tx
    .updateTable('cancel_plans')
    .set({ used_at: subscription.now })
    .where('subscription_id', '=', subscription.subscriptionId)
    .where('name', '=', plan.name)
    .execute()
  return plan.name
}

/**
 * Writes what plans that were recorded by a cancel would have said. Repeating it changes nothing.
 */
export async function completePlans(
  tx: Transaction<Schema>,
  subscription: Subscription,
  endings: PlanFacts['endings'],
): Promise<void> {
  const open = await tx
    .selectFrom('cancel_plans')
    .select(['name', 'made_at'])
    .where('subscription_id', '=', subscription.subscriptionId)
    .where('body', 'is', null)
    .execute()
  for (const { name, made_at } of open) {
    const madeAt = instantOf(made_at)
    const facts = await readPlanFacts(tx, subscription, endings, madeAt)
    await tx
      .updateTable('cancel_plans')
      .set({ body: JSON.stringify(planCancel(facts, madeAt)) })
      .where('subscription_id', '=', subscription.subscriptionId)
      .where('name', '=', name)
      .execute()
  }
}

/** What a plan made at `now` says; one that a cancel recorded is filled in as of its cancel. */
export async function readPlanFacts(
  db: Reader,
  subscription: Subscription,
  endings: PlanFacts['endings'],
  now: Instant,
): Promise<PlanFacts> {
  const { tenantId, billingAccountKey, subscriptionId } = subscription
  const account = await readBillingAccount(db, tenantId, billingAccountKey)
  assert(account !== null, 'a billing account is never removed')
  // What a commitment still costs is listed month by month, not in the bill.
  const billedTo = subscription.lifecycle.suspendedSince ?? now
  return {
    subscription,
    account,
    isLast: !(await isAnotherCharged(db, account, subscriptionId)),
    finalBill: await estimateFinalBill(db, account, subscription, billedTo),
    commitments: await readCommitments(db, account, now),
    endings,
    ...(await readPlannedResources(db, subscriptionId)),
  }
}

async function isAnotherCharged(
  db: Reader,
  { tenantId, nameKey }: BillingAccount,
  subscriptionId: string,
): Promise<boolean> {
  const other = await db
    .selectFrom('subscriptions as s')
    .innerJoin('billable_intervals as b', 'b.subscription_id', 's.subscription_id')
    .select('s.subscription_id')
    .where('s.tenant_id', '=', tenantId)
    .where('s.billing_account_key', '=', nameKey)
    .where('s.subscription_id', '<>', subscriptionId)
    .where('b.closed_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return other !== undefined
}

async function readPlannedResources(
  db: Reader,
  subscriptionId: string,
): Promise<{ resources: readonly PlannedResource[]; resourceCount: number }> {
  const counted = await db
    .selectFrom('resources')
    .select(sql<bigint>`count(*)`.as('count'))
    .where('subscription_id', '=', subscriptionId)
    .where('deleted_at', 'is', null)
    .where('destroyed_at', 'is', null)
    .executeTakeFirstOrThrow()
  const rows = await db
    .selectFrom('resources as r')
    .innerJoin('resource_ids as i', (join) =>
      join.onRef('i.uid', '=', 'r.uid').on('i.to_at', 'is', null),
    )
    .select(['i.resource_id', 'r.type', 'r.made_by_system'])
    .where('r.subscription_id', '=', subscriptionId)
    .where('r.deleted_at', 'is', null)
    .where('r.destroyed_at', 'is', null)
    .orderBy('r.uid')
    .limit(plannedResourcesMax)
    .execute()
  return {
    resourceCount: Number(counted.count),
    resources: rows.map((row) => ({
      resourceId: row.resource_id,
      type: row.type,
      madeBySystem: row.made_by_system,
    })),
  }
}
