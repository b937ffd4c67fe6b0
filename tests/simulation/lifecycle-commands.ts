import { keep } from './broken.ts'
import type { Core, Plan } from './core.ts'
import { type SubscriptionModel, isSupport } from './model.ts'
import { type Answer, type On, send } from './request.ts'
import { account } from './resource-commands.ts'
import { type Person, may } from './rights.ts'
import { lifeOf } from './rows.ts'

const hour = 3_600_000

/** Somebody asks what a cancel would do. */
export function plan({ core, node, person, model }: On): void {
  const expiresAt = core.realNow + hour
  const startedAt = core.step
  send(core, node, {
    operation: 'CancelPlans_Create',
    person,
    params: { subscriptionId: model.id },
    act: { act: 'plan', model },
    onAnswer: ({ status, body }) => {
      if (status !== 201) return
      const shown = body['properties'] as { resourceCount: number }
      const live = [...model.resources.values()].filter((one) => !one.deleted && !one.destroyed)
      if (core.step !== startedAt) return
      const complete = shown.resourceCount === live.length
      keep(
        7,
        complete,
        () => `a plan of ${model.id} names ${shown.resourceCount} of ${live.length}`,
      )
      const { id: subscriptionId } = model
      const facts = factsOf(core, model)
      core.plans.push({ name: String(body['name']), subscriptionId, facts, expiresAt })
      // Most people who have seen a plan go on with it, some after a change.
      const { tenantId, administrator } = model
      const one = { core, node, model, person: { tenantId, principalId: administrator } }
      const [admin = one.person] = peopleOf(core, model)
      if (core.dice.percent(40)) core.repeats.push(() => account({ ...one, person: admin }))
      core.repeats.push(() => cancel(one))
    },
  })
}

/** What a plan pins: its own facts, and its account's prices, tax and commitments. */
function factsOf(core: Core, { facts, tenantId, accountKey }: SubscriptionModel): string {
  const account = core.rows.accounts.find(
    (row) => row.tenant_id === tenantId && row.name_key === accountKey,
  )
  return `${facts} ${account?.billing_version}`
}

function peopleOf(core: Core, { tenantId }: SubscriptionModel): Person[] {
  const tenant = core.tenants.find((one) => one.tenantId === tenantId)
  return (tenant?.people ?? []).map(({ principalId }) => ({ tenantId, principalId }))
}

/** With a plan that somebody was shown, with the check for resources, or without. */
export function cancel(on: On): void {
  const { core, node, person, model } = on
  const plans = core.plans.filter((one) => one.subscriptionId === model.id).slice(-2)
  const chosen = plans.length > 0 && core.dice.percent(70) ? core.dice.pick(plans) : null
  const ignore = core.dice.percent(70)
  const before = stateOf(core, model)
  send(core, node, {
    operation: 'Subscription_Cancel',
    person,
    params: { subscriptionId: model.id },
    query: {
      ...(chosen === null ? {} : { cancelplan: chosen.name }),
      ...(ignore ? { ignoreresourcecheck: 'true' } : {}),
    },
    act: { act: 'cancel', model },
    onAnswer: (answer) => {
      if (answer.status === 200) cancelled(on, before.from)
      if (answer.status !== 404 && answer.status !== 403) {
        judgePlan(core, model, chosen, before, answer)
        sameAsBefore(core, model, before, before.cancelled)
      }
      // The answer may have been lost: clients ask again, and mean the same cancel.
      if (answer.status === 200 && core.dice.percent(50) && node.lifeline.alive) {
        core.repeats.push(() => cancel(on))
      }
      if (answer.status === 200 && core.dice.percent(30)) comeBack(on)
    },
  })
}

/** Soon, by whoever the offer says: its administrator, an owner or a support engineer. */
function comeBack({ core, node, model }: On): void {
  const [admin, , supporter = admin] = peopleOf(core, model)
  if (supporter !== undefined)
    core.repeats.push(() => enable({ core, node, model, person: supporter }))
}

type Before = ReturnType<typeof stateOf>

function stateOf(core: Core, model: SubscriptionModel) {
  return {
    step: core.step,
    from: model.events.length,
    // A support plan serves on: what a cancel ends is its renewal.
    cancelled: isSupport(model) ? model.term?.renews !== true : model.suspensions.has('Cancelled'),
    purging: model.purgeStartedAt !== null,
    facts: factsOf(core, model),
    realNow: core.realNow,
    resources: [...model.resources.values()].some((one) => !one.deleted && !one.destroyed),
  }
}

/** Promise 9: what was answered is stored. From here on no write may succeed (promise 4). */
function cancelled({ model }: On, from: number): void {
  if (isSupport(model)) {
    const changed = model.events.slice(from).some(({ type }) => type === 'RenewalChanged')
    const ends = changed || model.term?.renews !== true
    return keep(9, ends, () => `${model.id} was answered as cancelled and renews`)
  }
  const held = model.suspensions.has('Cancelled') || model.purgeStartedAt !== null
  const told = model.events.slice(from).some(({ type }) => type === 'SubscriptionSuspended')
  // A way back in between reverses this cancel: a later one, not yet answered, may hold by now.
  const reversed = model.events.slice(from).some(({ type }) => type === 'SuspensionLifted')
  keep(9, held || told || reversed, () => `${model.id} was answered as cancelled and is not`)
  if (model.suspendedSince !== null && !reversed) model.readOnlyAnswered = true
}

/** Promise 7: a plan is carried out as it was shown, or refused because the facts have changed. */
function judgePlan(
  core: Core,
  model: SubscriptionModel,
  chosen: Plan | null,
  before: Before,
  { status, code }: Answer,
): void {
  // Answered in a later step (it waited for writes): the facts of its own moment are gone.
  if (before.cancelled || before.purging || core.step !== before.step) return
  if (chosen === null) {
    if (status === 200) return
    keep(7, before.resources, () => `${model.id}: ${code} to a cancel of what is empty`)
    return
  }
  const expired = chosen.expiresAt <= before.realNow
  const changed = chosen.facts !== before.facts
  const wanted = expired ? 'planExpired' : changed ? 'planChanged' : null
  keep(7, code === wanted, () => `${model.id}: ${code ?? status} to a plan, not ${wanted ?? 200}`)
}

/** Promise 6: what is so already is answered, and nothing of it changes. */
function sameAsBefore(core: Core, model: SubscriptionModel, before: Before, isSo: boolean): void {
  if (!isSo || core.step !== before.step) return
  const unchanged = lifeOf(core.before, model.id) === lifeOf(core.rows, model.id)
  keep(6, unchanged, () => `${model.id}: asking for what is so already changed it`)
}

export function enable({ core, node, person, model }: On): void {
  const before = stateOf(core, model)
  send(core, node, {
    operation: 'Subscription_Enable',
    person,
    params: { subscriptionId: model.id },
    act: { act: 'enable', model },
    onAnswer: ({ status }) => {
      if (status !== 200) return
      sameAsBefore(core, model, before, !before.cancelled)
      const back = isSupport(model) ? model.term?.renews : !model.suspensions.has('Cancelled')
      const lifted = back === true || core.step !== before.step
      keep(9, lifted, () => `${model.id} was answered as enabled and is not`)
    },
  })
}

/** From a trial to what is charged: lifts its limit and its end, and no other suspension. */
export function upgrade({ core, node, person, model }: On): void {
  const before = stateOf(core, model)
  const was = model.offer
  send(core, node, {
    operation: 'Subscription_Upgrade',
    person,
    params: { subscriptionId: model.id },
    body: {},
    act: { act: 'upgrade', model },
    onAnswer: ({ status }) => {
      if (status !== 200) return
      sameAsBefore(core, model, before, was === 'PayAsYouGo')
      const paid = model.offer === 'PayAsYouGo'
      const held = model.suspensions.has('SpendingLimitReached') || model.suspensions.has('Expired')
      const free = core.step !== before.step || was !== 'FreeTrial' || !held
      keep(9, paid && free, () => `${model.id} was answered as upgraded and is not`)
    },
  })
}

/** The early end, with the name typed: sometimes a wrong one, sometimes too soon. */
export function deleteEarly({ core, node, person, model }: On): void {
  const row = core.rows.subscriptions.find((one) => one.subscription_id === model.id)
  const right = core.dice.percent(80)
  if (row === undefined) return
  const before = stateOf(core, model)
  const permitted = may(core, person, 'delete', model) === 'may'
  if (right && permitted && before.cancelled) model.earlyEndAsked = true
  send(core, node, {
    operation: 'Subscription_Delete',
    person,
    params: { subscriptionId: model.id },
    body: { subscriptionName: right ? row.display_name || 'gone' : 'another name' },
    act: { act: 'delete', model },
    onAnswer: ({ status }) => {
      const begun = model.purgeStartedAt !== null
      keep(9, status !== 202 || begun, () => `${model.id} was answered as deleted and is not`)
      keep(3, right || status !== 202, () => `${model.id} was deleted with a wrong name`)
    },
  })
}
