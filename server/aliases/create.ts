import { type Transaction, sql } from 'kysely'
import type { Schema, Tags } from '../database/schema.ts'
import { holdAccountClock } from '../billing-accounts/lock-at.ts'
import { type BillingAccount } from '../billing-accounts/store.ts'
import { type EventRecorder, subscriptionStream } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, formatInstant, later } from '../kernel/instant.ts'
import { type Offer, defaultOffer, findOffer, offers } from '../offers/offer.ts'
import { refuseRequest } from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { insertAssignment } from '../roles/assignments.store.ts'
import { ownerRole } from '../roles/built-in.ts'
import { openBillableInterval } from '../subscriptions/record-lifecycle.ts'
import { firstTerm } from '../subscriptions/term.ts'
import { beginTerms } from './begin-terms.ts'
import { subscriptionScope } from '../subscriptions/store.ts'
import { checkTags } from '../tags/tags.ts'
import { beginTenantChange } from '../tenants/change.ts'

/** The tag by which an alias chooses its offer; the subscription does not carry it on. */
export const offerTag = 'reprieve:offer'

export type NewSubscription = {
  readonly tenantId: string
  readonly account: BillingAccount
  readonly offer: Offer
  readonly displayName: string
  readonly workload: string
  readonly tags: Tags
  readonly accountAdministrator: string
  readonly createdBy: string
}

/** The offer that is asked for, if the account's agreement may take it. */
export function chooseOffer(account: BillingAccount, asked: string | undefined): Offer {
  const offer = asked === undefined ? offers[defaultOffer(account.agreementType)] : findOffer(asked)
  if (offer === null) {
    refuseRequest('offerNotFound', { offer: String(asked), known: Object.keys(offers) })
  }
  if (!offer.agreementTypes.includes(account.agreementType)) {
    const facts = { offer: offer.name, account: account.name, reason: 'agreement' } as const
    refuseRequest('offerNotAvailable', facts)
  }
  return offer
}

/**
 * Creates a subscription: its row, its first billable interval, its history, and the role Owner of
 * its account administrator. The billing account's row must be locked when the offer is limited.
 */
export async function createSubscription(
  tx: Transaction<Schema>,
  subscription: NewSubscription,
  realNow: Instant,
  { events, random }: { readonly events: EventRecorder; readonly random: Random },
): Promise<string> {
  const { tenantId, account, offer } = subscription
  const tags = orRefuse(checkTags(subscription.tags))
  if (account.unpaidSince !== null) {
    const since = formatInstant(account.unpaidSince)
    refuseRequest('accountUnpaid', { account: account.name, since })
  }
  await refuseBeyondLimit(tx, subscription)
  // What is invoiced already is no time in which something new can begin to be charged.
  const now = later(await holdAccountClock(tx, account, realNow), account.billedUntil)
  const subscriptionId = random.uuid()
  const term = firstTerm(offer, now)
  await tx
    .insertInto('subscriptions')
    .values({
      subscription_id: subscriptionId,
      tenant_id: tenantId,
      billing_account_key: account.nameKey,
      offer: offer.name,
      display_name: subscription.displayName,
      workload: subscription.workload,
      tags: JSON.stringify(tags),
      account_administrator: subscription.accountAdministrator,
      created_by: subscription.createdBy,
      created_at: now,
      generation: 1,
      plan_version: 1,
      cancelled_at: null,
      suspended_since: null,
      confirmed_at: null,
      deletable_from: null,
      purge_at: null,
      purge_started_at: null,
      purged_at: null,
      term_ends_at: term?.endsAt ?? null,
      term_renews: term?.renews ?? null,
      receipt: null,
    })
    .execute()
  await openBillableInterval(tx, { tenantId, subscriptionId }, now)
  await beginTerms(tx, { ...subscription, subscriptionId, term, now }, realNow, random)
  await grantOwner(tx, subscription, subscriptionId, realNow, { events, random })
  const created = {
    type: 'SubscriptionCreated',
    at: now,
    actor: subscription.createdBy,
    data: { offer: offer.name, accountAdministrator: subscription.accountAdministrator, term },
  }
  await events.record(tx, subscriptionStream(tenantId, subscriptionId), [created], realNow)
  return subscriptionId
}

/** Counts what was ever taken, purged and upgraded ones too: a trial is taken once. */
async function refuseBeyondLimit(
  tx: Transaction<Schema>,
  { tenantId, account, offer }: NewSubscription,
): Promise<void> {
  if (offer.perAccountMax === null) return
  await tx
    .selectFrom('billing_accounts')
    .select('name_key')
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', account.nameKey)
    .forUpdate()
    .execute()
  const taken = await tx
    .selectFrom('subscriptions as s')
    .leftJoin('credits as c', 'c.subscription_id', 's.subscription_id')
    .select(sql<bigint>`count(*)`.as('count'))
    .where('s.tenant_id', '=', tenantId)
    .where('s.billing_account_key', '=', account.nameKey)
    // An upgrade changes the offer; what was given with it stays on record.
    .where((or) =>
      or.or([
        or('s.offer', '=', offer.name),
        or.and([or.lit(offer.credit !== null), or('c.subscription_id', 'is not', null)]),
      ]),
    )
    .executeTakeFirstOrThrow()
  if (Number(taken.count) >= offer.perAccountMax) {
    const facts = { offer: offer.name, account: account.name, reason: 'taken' } as const
    refuseRequest('offerNotAvailable', facts)
  }
}

async function grantOwner(
  tx: Transaction<Schema>,
  subscription: NewSubscription,
  subscriptionId: string,
  realNow: Instant,
  { events, random }: { readonly events: EventRecorder; readonly random: Random },
): Promise<void> {
  const { tenantId, createdBy: actor, accountAdministrator: principalId } = subscription
  const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
  const scope = subscriptionScope(subscriptionId)
  const assignmentId = random.uuid()
  const roleId = ownerRole.id
  await insertAssignment(tx, tenantId, {
    assignmentId,
    scope,
    scopeKey: scope,
    principalId,
    roleId,
    createdAt: change.now,
    createdBy: actor,
  })
  await change.record('RoleAssigned', { assignmentId, principalId, roleId, at: { subscriptionId } })
}
