import { assign, unassign } from './access-commands.ts'
import { keep } from './broken.ts'
import { advance, newClock } from './clock-commands.ts'
import type { Core, SimulatedNode, Tenant } from './core.ts'
import { cancel, deleteEarly, enable, plan, upgrade } from './lifecycle-commands.ts'
import { type SubscriptionModel, isSupport } from './model.ts'
import { changePrices, changeTerms, pay, resize, takeBack } from './money-commands.ts'
import { type On, send } from './request.ts'
import { account, deleteAccount, deleteGroup, group } from './resource-commands.ts'
import type { Person } from './rights.ts'
import { bySystem } from './system-commands.ts'

/** What people ask for, and how often. */
const weights = {
  alias: 10,
  group: 6,
  account: 30,
  deleteAccount: 4,
  deleteGroup: 2,
  plan: 12,
  cancel: 12,
  enable: 6,
  deleteEarly: 4,
  rename: 3,
  assign: 4,
  unassign: 2,
  advance: 14,
  clock: 1,
  suspend: 3,
  lift: 3,
  list: 2,
  upgrade: 5,
  pay: 24,
  takeBack: 2,
  prices: 3,
  resize: 12,
  terms: 3,
}

/** One random request by a random person to one node. */
export function randomCommand(core: Core, node: SimulatedNode): void {
  const { dice } = core
  const tenant = dice.pick(core.tenants)
  const person = personOf(core, tenant)
  const kind = dice.weighted(weights)
  core.trace.push(`  ask ${kind}`)
  if (kind === 'alias') return alias(core, node, tenant)
  if (kind === 'advance') return advance(core, node, tenant)
  if (kind === 'clock') return newClock(core, node, tenant)
  if (kind === 'list') return list(core, node, person)
  if (kind === 'pay') return pay(core, node, tenant)
  if (kind === 'takeBack') return takeBack(core, node, tenant)
  if (kind === 'prices') return changePrices(core, node, tenant)
  if (kind === 'terms') return changeTerms(core, node, tenant)
  if (kind === 'resize') return resize(core)
  const model = subscriptionFor(core, tenant)
  if (model === null) return alias(core, node, tenant)
  const asked = { core, node, person: dice.percent(45) ? administratorOf(model) : person, model }
  switch (kind) {
    case 'group':
      return group(asked)
    case 'account':
      return account(asked)
    case 'deleteAccount':
      return deleteAccount(asked)
    case 'deleteGroup':
      return deleteGroup(asked)
    case 'plan':
      return plan(asked)
    case 'cancel':
      return cancel(asked)
    case 'enable':
      return enable(asked)
    case 'deleteEarly':
      return deleteEarly(asked)
    case 'rename':
      return rename(asked)
    case 'assign':
      return assign(asked)
    case 'unassign':
      return unassign(asked)
    case 'upgrade':
      return upgrade(asked)
    case 'suspend':
    case 'lift':
      return bySystem(asked, kind)
  }
}

function personOf({ dice }: Core, { tenantId, people }: Tenant): Person {
  const name = dice.weighted({ admin: 12, contributor: 3, supporter: 3, guest: 1 })
  const found = people.find((one) => one.name === name) ?? dice.pick(people)
  return { tenantId, principalId: found.principalId }
}

function administratorOf({ tenantId, administrator }: SubscriptionModel): Person {
  return { tenantId, principalId: administrator }
}

/** Now and then one of another tenant's: it must not be there. */
function subscriptionFor({ dice, models }: Core, tenant: Tenant): SubscriptionModel | null {
  const own = dice.percent(93)
  const all = [...models.values()].filter((one) => own === (one.tenantId === tenant.tenantId))
  const live = all.filter((one) => one.purgedAt === null)
  const from = live.length > 0 && dice.percent(95) ? live : all
  return from.length === 0 ? null : dice.pick(from)
}

export function alias(
  core: Core,
  node: SimulatedNode,
  tenant: Tenant,
  account = core.dice.pick(tenant.accounts),
  offer = offerFor(core, account.name),
): void {
  const { dice } = core
  const known = [...core.models.values()].filter((one) => one.tenantId === tenant.tenantId)
  if (known.filter((one) => !isOver(one)).length >= 6) return
  const [admin] = tenant.people
  const name = `alias-${(core.names += 1)}`
  send(core, node, {
    operation: 'Alias_Create',
    person: { tenantId: tenant.tenantId, principalId: admin?.principalId ?? '' },
    params: { aliasName: name },
    body: {
      properties: {
        displayName: name,
        billingScope: `/providers/Microsoft.Billing/billingAccounts/${account.name}`,
        additionalProperties: {
          subscriptionOwnerId: dice.pick(tenant.people).principalId,
          tags: offer === null ? {} : { 'reprieve:offer': offer },
        },
      },
    },
    onAnswer: ({ status, body }) => {
      if (status !== 201) return
      const { subscriptionId } = body['properties'] as { subscriptionId: string }
      keep(9, core.models.has(subscriptionId), () => `${subscriptionId} was made and is not there`)
    },
  })
}

/** One that is gone, or a support plan whose term has ended: there is nothing more to it. */
function isOver(model: SubscriptionModel): boolean {
  return model.purgedAt !== null || (isSupport(model) && model.suspensions.has('Expired'))
}

/** Null: what the account's agreement says. Some of these an account may not have. */
function offerFor({ dice }: Core, account: string): string | null {
  const kind = dice.weighted({ usual: 60, trial: 22, plan: 18 })
  if (kind === 'usual') return null
  if (kind === 'trial') return account === 'agreement' ? null : 'FreeTrial'
  const seeds = dice.pick(['SupportStandard', 'SupportDeveloper'])
  return account === 'programme' ? seeds : 'SupportStandardMonthly'
}

function rename({ core, node, person, model }: On): void {
  const startedAt = core.step
  const subscriptionName = `name ${(core.names += 1)}`
  send(core, node, {
    operation: 'Subscription_Rename',
    person,
    params: { subscriptionId: model.id },
    body: { subscriptionName },
    act: { act: 'rename', model },
    onAnswer: ({ status }) => {
      if (status !== 200 || core.step !== startedAt) return
      const row = core.rows.subscriptions.find((one) => one.subscription_id === model.id)
      const kept = row?.display_name === subscriptionName
      keep(9, kept, () => `${model.id} was renamed and has its old name`)
    },
  })
}

/** What a caller sees is his tenant's. */
function list(core: Core, node: SimulatedNode, person: Person): void {
  send(core, node, {
    operation: 'Subscriptions_List',
    person,
    params: {},
    onAnswer: ({ body }) => {
      for (const { subscriptionId } of body['value'] as { subscriptionId: string }[]) {
        const model = core.models.get(subscriptionId)
        const own = model?.tenantId === person.tenantId && model.purgeStartedAt === null
        keep(12, own, () => `${subscriptionId} was shown to somebody of another tenant`)
      }
    },
  })
}
