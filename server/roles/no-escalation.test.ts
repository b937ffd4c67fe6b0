import fc from 'fast-check'
import { expect, test } from 'vitest'
import { offers } from '../offers/offer.ts'
import { decideAssign, type RoleGrant } from './assign.ts'
import {
  cancelAction,
  deleteAction,
  enableAction,
  isAuthorised,
  type SubscriptionPolicy,
} from './authorise.ts'
import { builtInRoles, ownerRole, supportEngineerRole } from './built-in.ts'
import { decideDefine } from './define-role.ts'
import type { Grant, Role } from './role.ts'
import { parseScope } from './scope.ts'

/**
 * One who is Owner of two subscriptions, and account administrator of neither, tries everything
 * that the rules let him: whatever he does, in any order, for himself and for a friend, neither
 * gets what the offer, the tenant or another's subscription keeps from him.
 */
const sold = '/subscriptions/11111111-0000-4000-8000-000000000000'
const trial = '/subscriptions/22222222-0000-4000-8000-000000000000'
const others = '/subscriptions/33333333-0000-4000-8000-000000000000'
const billing = '/providers/microsoft.billing/billingaccounts/first'
const group = `${sold}/resourcegroups/g`
const scopeKeys = [sold, trial, others, billing, group, '/']
const people = ['owner', 'friend'] as const

const policies: readonly SubscriptionPolicy[] = [
  { scopeKey: sold, offer: offers.PayAsYouGo, accountAdministrator: 'payer' },
  { scopeKey: trial, offer: offers.FreeTrial, accountAdministrator: 'payer' },
  { scopeKey: others, offer: offers.MicrosoftCustomerAgreement, accountAdministrator: 'payer' },
]

const define = 'Microsoft.Authorization/roleDefinitions/write'
const assign = 'Microsoft.Authorization/roleAssignments/write'
const actions = fc.subarray([
  '*',
  cancelAction,
  enableAction,
  deleteAction,
  'Microsoft.Billing/*',
  assign,
  define,
])

const steps = fc.oneof(
  fc.record({
    kind: fc.constant('define' as const),
    by: fc.constantFrom(...people),
    roleId: fc.constantFrom('one', 'two', 'tenants'),
    actions,
    scopes: fc.oneof(
      { weight: 4, arbitrary: fc.subarray([sold, trial], { minLength: 1 }) },
      { weight: 1, arbitrary: fc.subarray(scopeKeys, { minLength: 1 }) },
    ),
  }),
  fc.record({
    kind: fc.constant('assign' as const),
    by: fc.constantFrom(...people),
    to: fc.constantFrom(...people),
    roleId: fc.constantFrom('one', 'two', 'tenants', ownerRole.id, supportEngineerRole.id),
    scopeKey: fc.constantFrom(sold, trial, ...scopeKeys),
  }),
)
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never

type World = { readonly roles: Map<string, Role>; readonly given: RoleGrant[] }

function custom(id: string, allowed: readonly string[], assignableScopes: readonly string[]): Role {
  const none = { notActions: [], dataActions: [], notDataActions: [] }
  const named = { id, name: id, description: '', kind: 'CustomRole' as const }
  return { ...named, ...none, actions: allowed, assignableScopes }
}

function openWorld(): World {
  return {
    roles: new Map([
      ...builtInRoles.map((role) => [role.id, role] as const),
      // The tenant's administrators made one for everybody, and the owner holds it at the top.
      ['tenants', custom('tenants', ['*/read'], ['/'])],
    ]),
    given: [
      { principalId: 'owner', roleId: ownerRole.id, scopeKey: sold },
      { principalId: 'owner', roleId: ownerRole.id, scopeKey: trial },
      { principalId: 'owner', roleId: 'tenants', scopeKey: '/' },
    ],
  }
}

function may(world: World, principalId: string, action: string, scopeKey: string): boolean {
  const grants: Grant[] = world.given
    .filter((grant) => grant.principalId === principalId)
    .map((grant) => ({ scopeKey: grant.scopeKey, role: world.roles.get(grant.roleId)! }))
  const subscription = policies.find((policy) => policy.scopeKey === scopeKey) ?? null
  return isAuthorised({ principalId, grants, action, scopeKey, subscription })
}

/** True: the step was let through. */
function take(world: World, step: Step): boolean {
  const callerManagesTenant = may(world, step.by, assign, '/')
  if (step.kind === 'define') {
    const role = custom(step.roleId, step.actions, step.scopes)
    const decision = decideDefine(role, {
      isBuiltIn: false,
      before: world.roles.get(step.roleId) ?? null,
      ofSameName: null,
      existing: new Set(scopeKeys),
      assignedAt: world.given.flatMap((g) => (g.roleId === step.roleId ? [g.scopeKey] : [])),
      callerMayDefine: (key) => may(world, step.by, define, key),
      callerMayAssign: (key) => may(world, step.by, assign, key),
      callerManagesTenant,
    })
    if (decision.accepted) world.roles.set(role.id, role)
    return decision.accepted
  }
  const { by, to: principalId, roleId, scopeKey } = step
  // What the request path asks before the rule is.
  if (!may(world, by, assign, scopeKey)) return false
  const decision = decideAssign(
    { principalId, roleId, scopeKey },
    {
      scope: parseScope(scopeKey)!,
      role: world.roles.get(roleId) ?? null,
      principalExists: true,
      ofSameId: null,
      ofSameGrant: null,
      callerMay: (action) => may(world, by, action, scopeKey),
      callerManagesTenant,
    },
  )
  if (decision.accepted) world.given.push({ principalId, roleId, scopeKey })
  return decision.accepted
}

const kept: readonly (readonly [action: string, scopeKey: string])[] = [
  ...[sold, trial, others].flatMap((scopeKey) =>
    [cancelAction, enableAction, deleteAction].map((action) => [action, scopeKey] as const),
  ),
  [assign, '/'],
  [define, '/'],
  [assign, others],
  [assign, billing],
  ['Microsoft.Billing/billingAccounts/write', billing],
  ['Reprieve.Lifecycle/servicePrincipals/addSecret/action', '/'],
]

test('no sequence of makings and givings of roles raises an Owner above his subscriptions', () => {
  let letThrough = 0
  fc.assert(
    fc.property(fc.array(steps, { minLength: 4, maxLength: 24, size: 'max' }), (history) => {
      const world = openWorld()
      for (const step of history) {
        if (!take(world, step)) continue
        letThrough += 1
        for (const person of people) {
          for (const [action, scopeKey] of kept) {
            expect(may(world, person, action, scopeKey), `${person} ${action} ${scopeKey}`).toBe(
              false,
            )
          }
        }
      }
    }),
    { numRuns: 400 },
  )
  // A world in which nothing is ever allowed would keep every promise too.
  expect(letThrough).toBeGreaterThan(400)
})

test('the same search does find a way where the offer admits Owners', () => {
  const world = openWorld()
  world.given.push({ principalId: 'owner', roleId: ownerRole.id, scopeKey: others })
  const step = { kind: 'define', by: 'owner', roleId: 'one' } as const
  expect(take(world, { ...step, actions: [cancelAction], scopes: [others] })).toBe(true)
  const give = { kind: 'assign', by: 'owner', to: 'friend', roleId: 'one' } as const
  expect(take(world, { ...give, scopeKey: others })).toBe(true)
  expect(may(world, 'friend', cancelAction, others)).toBe(true)
})
