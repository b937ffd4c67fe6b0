import { expect, test } from 'vitest'
import { accept, refuse } from '../kernel/decision.ts'
import { cancelAction } from './authorise.ts'
import {
  type AskedRole,
  assignableScopesMax,
  type DefineFacts,
  type DefineRefusal,
  decideDefine,
  decideRemove,
  nameLengthMax,
  patternsMax,
  readRoleContent,
} from './define-role.ts'
import type { Role } from './role.ts'

const here = '/subscriptions/11111111-0000-4000-8000-000000000000'
const there = '/subscriptions/22222222-0000-4000-8000-000000000000'
const asked: AskedRole = {
  name: ' Operator ',
  description: '',
  actions: ['Microsoft.Storage/*/read'],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  assignableScopes: [here],
}

test('the content of a role is read: its scopes once each, its name without spaces around', () => {
  const scopes = [here, `${here.toUpperCase()}/`, '/', `${here}/resourceGroups/G`]
  const read = readRoleContent({ ...asked, assignableScopes: scopes })
  expect(read).toMatchObject({ accepted: true, value: { name: 'Operator' } })
  expect(read.accepted && read.value.assignableScopes.map(({ kind }) => kind)).toEqual([
    'subscription',
    'tenant',
    'resourceGroup',
  ])
})

test.each([
  '*',
  '*/read',
  '*/*',
  'Microsoft.Storage/*',
  'Microsoft.Storage/storageAccounts/*/read',
  'Microsoft.Storage/storageAccounts/listKeys/action',
  'Microsoft.*/read',
  'my-company.Things/$default/read',
])('the pattern %s has a sensible form', (pattern) => {
  expect(readRoleContent({ ...asked, dataActions: [pattern] }).accepted).toBe(true)
})

test.each([
  '',
  '/read',
  'read',
  'Microsoft.Storage',
  'Microsoft.Storage/',
  'Microsoft.Storage//read',
  'Microsoft Storage/read',
  'Microsoft.Storage/read ',
  'Microsoft.Storage/read?',
  '**',
  'Microsoft.Storage/{name}/read',
  `a/${'b'.repeat(600)}`,
])('the pattern %j has none', (pattern) => {
  for (const list of ['actions', 'notActions', 'dataActions', 'notDataActions'] as const) {
    const read = readRoleContent({ ...asked, [list]: ['*', pattern] })
    expect(read).toMatchObject(refuse({ field: `properties.permissions.0.${list}` }))
  }
})

test.each<[Partial<AskedRole>, string, string]>([
  [{ name: '  ' }, 'properties.roleName', 'length'],
  [{ name: 'x'.repeat(nameLengthMax + 1) }, 'properties.roleName', 'length'],
  [{ name: 'a\nb' }, 'properties.roleName', 'length'],
  [{ description: 'x'.repeat(2049) }, 'properties.description', 'length'],
  [
    { actions: Array.from({ length: patternsMax + 1 }, () => '*') },
    'properties.permissions.0.actions',
    'count',
  ],
  [{ assignableScopes: [] }, 'properties.assignableScopes', 'required'],
  [{ assignableScopes: [here, 'here'] }, 'properties.assignableScopes.1', 'invalid'],
  [
    { assignableScopes: [`${here}/resourceGroups/g/providers/n/t/x`] },
    'properties.assignableScopes.0',
    'invalid',
  ],
  [
    { assignableScopes: Array.from({ length: assignableScopesMax + 1 }, () => here) },
    'properties.assignableScopes',
    'count',
  ],
])('a role with %j is refused', (wrong, field, kind) => {
  expect(readRoleContent({ ...asked, ...wrong })).toMatchObject(
    refuse({ field, problem: { kind } }),
  )
})

const role: Role = { ...asked, id: 'r', kind: 'CustomRole', assignableScopes: [here] }
const both: Role = { ...role, assignableScopes: [here, there] }
const facts: DefineFacts = {
  isBuiltIn: false,
  before: null,
  ofSameName: null,
  existing: new Set([here, there, '/']),
  assignedAt: [],
  callerMayDefine: (key) => key === here,
  callerMayAssign: (key) => key === here,
  callerManagesTenant: false,
}
const canceller: Role = { ...role, actions: [cancelAction] }

test.each<[string, Role, Partial<DefineFacts>, DefineRefusal | null]>([
  ['a new role', role, {}, null],
  ['a built-in role', role, { isBuiltIn: true }, { code: 'BuiltIn' }],
  ['one of a used name', role, { ofSameName: 'x' }, { code: 'NameTaken', roleId: 'x' }],
  [
    'one for a scope that is not there',
    role,
    { existing: new Set([there]) },
    { code: 'ScopeNotFound', scopeKey: here },
  ],
  ['one for a scope of others', both, {}, { code: 'MayNotDefine', scopeKey: there }],
  [
    'one for the tenant',
    { ...role, assignableScopes: ['/'] },
    {},
    { code: 'MayNotDefine', scopeKey: '/' },
  ],
  [
    'one taken from a scope of others',
    role,
    { before: both },
    { code: 'MayNotDefine', scopeKey: there },
  ],
  ['one of which a scope is gone', both, { before: both, existing: new Set([here]) }, null],
  [
    'one of which every scope is gone',
    role,
    { before: { ...role, assignableScopes: [there] }, existing: new Set([here]) },
    { code: 'MayNotDefine', scopeKey: '/' },
  ],
  [
    'one that is held where he gives no roles',
    role,
    { before: role, assignedAt: [here], callerMayAssign: () => false },
    { code: 'MayNotAssign', scopeKey: here },
  ],
  [
    'one that is held, so that it gives a reserved act',
    canceller,
    { before: role, assignedAt: [here] },
    { code: 'ReservedAct', action: cancelAction, scopeKey: here },
  ],
  ['one that is held and gave the act', canceller, { before: canceller, assignedAt: [here] }, null],
  ['one that nobody holds, so that it gives an act', canceller, { before: role }, null],
  [
    'one that is held, as who manages the tenant',
    canceller,
    { before: role, assignedAt: [here], callerManagesTenant: true },
    null,
  ],
  [
    'one that is held outside of its new scopes',
    role,
    {
      before: both,
      assignedAt: [here, `${there}/resourcegroups/g`],
      callerMayDefine: () => true,
      callerMayAssign: () => true,
    },
    { code: 'HeldOutside', count: 1 },
  ],
])('making %s', (_what, after, given, expected) => {
  const decision = decideDefine(after, { ...facts, ...given })
  expect(decision).toEqual(expected === null ? accept(null) : refuse(expected))
})

test('a role is removed by who has the say at all its scopes, and when nobody holds it', () => {
  const removing = { ...facts, assignments: 0 }
  expect(decideRemove(role, removing)).toEqual(accept(null))
  expect(decideRemove(both, removing)).toEqual(refuse({ code: 'MayNotDefine', scopeKey: there }))
  expect(decideRemove(role, { ...removing, assignments: 2 })).toEqual(
    refuse({ code: 'InUse', count: 2 }),
  )
  expect(decideRemove(role, { ...removing, isBuiltIn: true })).toEqual(refuse({ code: 'BuiltIn' }))
  expect(decideRemove(role, { ...removing, existing: new Set() })).toEqual(
    refuse({ code: 'MayNotDefine', scopeKey: '/' }),
  )
})
