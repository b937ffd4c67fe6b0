import { expect, test } from 'vitest'
import { accept, refuse } from '../kernel/decision.ts'
import {
  type AssignFacts,
  type AssignRefusal,
  accessManagerRoles,
  decideAssign,
  decideUnassign,
  type RoleGrant,
  reservedActsOf,
} from './assign.ts'
import { cancelAction, deleteAction, enableAction } from './authorise.ts'
import { ownerRole, readerRole, supportEngineerRole } from './built-in.ts'
import type { Role } from './role.ts'
import type { Scope } from './scope.ts'

const subscriptionId = '11111111-0000-4000-8000-000000000000'
const scope: Scope = { kind: 'subscription', subscriptionId }
const grant: RoleGrant = {
  scopeKey: `/subscriptions/${subscriptionId}`,
  principalId: 'p',
  roleId: readerRole.id,
}
const facts: AssignFacts = {
  scope,
  role: readerRole,
  principalExists: true,
  ofSameId: null,
  ofSameGrant: null,
  callerMay: () => false,
  callerManagesTenant: false,
}
const canceller: Role = {
  ...readerRole,
  id: 'c',
  kind: 'CustomRole',
  actions: [cancelAction],
}
const elsewhere: Role = {
  ...canceller,
  actions: ['*/read'],
  assignableScopes: ['/subscriptions/2', '/Subscriptions/3/resourceGroups/G'],
}

test.each<[string, Partial<AssignFacts>, AssignRefusal['code'] | 'new' | 'repeat']>([
  ['a role to somebody', {}, 'new'],
  ['an unknown role', { role: null }, 'RoleNotFound'],
  ['to nobody', { principalExists: false }, 'PrincipalNotFound'],
  ['what he has', { ofSameGrant: 'a' }, 'Exists'],
  ['again', { ofSameId: grant }, 'repeat'],
  ['again, by one who could not any more', { ofSameId: grant, role: canceller }, 'repeat'],
  ['another person under a used id', { ofSameId: { ...grant, principalId: 'q' } }, 'SameIdDiffers'],
  ['another role under a used id', { ofSameId: { ...grant, roleId: 'x' } }, 'SameIdDiffers'],
  ['another scope under a used id', { ofSameId: { ...grant, scopeKey: '/' } }, 'SameIdDiffers'],
  ['support below the tenant', { role: supportEngineerRole }, 'NeedsTenantScope'],
  [
    'support below the tenant, by its administrator',
    { role: supportEngineerRole, callerManagesTenant: true },
    'NeedsTenantScope',
  ],
  ['support', { role: supportEngineerRole, scope: { kind: 'tenant' } }, 'new'],
  ['a role of another place', { role: elsewhere }, 'NotAssignable'],
  ['an act that he may not do', { role: canceller }, 'ReservedAct'],
  ['an act that he may do', { role: canceller, callerMay: (a) => a === cancelAction }, 'new'],
  [
    'another act than he may do',
    { role: canceller, callerMay: (a) => a === enableAction },
    'ReservedAct',
  ],
  ['an act, as who manages the tenant', { role: canceller, callerManagesTenant: true }, 'new'],
  [
    'an act where it is not asked',
    { role: canceller, scope: { kind: 'resourceGroup', subscriptionId, group: 'g' } },
    'new',
  ],
])('giving %s', (_what, given, expected) => {
  const decision = decideAssign(grant, { ...facts, ...given })
  expect(decision).toMatchObject(
    expected === 'new' || expected === 'repeat'
      ? accept({ isNew: expected === 'new' })
      : refuse({ code: expected }),
  )
})

test('a role is held at its assignable scopes and below them, in any case', () => {
  const at = (scopeKey: string): boolean =>
    decideAssign({ ...grant, scopeKey }, { ...facts, role: elsewhere }).accepted
  expect(at('/subscriptions/2/resourcegroups/x')).toBe(true)
  expect(at('/subscriptions/3/resourcegroups/g')).toBe(true)
  expect(at('/subscriptions/3')).toBe(false)
  expect(at('/subscriptions/22')).toBe(false)
  expect(at('/')).toBe(false)
})

test('only a role that names a reserved act counts as one that gives it', () => {
  expect(reservedActsOf(canceller)).toEqual([cancelAction])
  expect(reservedActsOf({ ...canceller, actions: ['*'] })).toEqual([])
  expect(reservedActsOf({ ...canceller, notActions: ['Microsoft.Subscription/*'] })).toEqual([])
  expect(reservedActsOf({ ...canceller, actions: [deleteAction.toLowerCase()] })).toEqual([
    deleteAction,
  ])
})

test.each<[string, string, Scope['kind'], number, boolean]>([
  ['the last manager of a tenant', ownerRole.id, 'tenant', 0, false],
  ['the last manager of a subscription', accessManagerRoles[1]!, 'subscription', 0, false],
  ['one of two managers', ownerRole.id, 'tenant', 1, true],
  ['a reader', readerRole.id, 'tenant', 0, true],
  ['the last owner of a group', ownerRole.id, 'resourceGroup', 0, true],
])('taking the role of %s away', (_who, roleId, scopeKind, others, accepted) => {
  expect(decideUnassign({ roleId, scopeKind }, others).accepted).toBe(accepted)
})
