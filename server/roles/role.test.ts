import fc from 'fast-check'
import { expect, test } from 'vitest'
import { builtInRoles, contributorRole, ownerRole, readerRole } from './built-in.ts'
import {
  matchesAction,
  type Role,
  roleAllows,
  roleAllowsData,
  roleNames,
  scopeReaches,
} from './role.ts'

const parts = fc.constantFrom('a', 'b', 'ab', '/', 'read', '.', 'A')
const texts = fc.array(parts, { maxLength: 8 }).map((all) => all.join(''))
const patterns = fc
  .array(fc.oneof(parts, fc.constant('*')), { maxLength: 8 })
  .map((all) => all.join(''))

/** An independent reading of the same rule. */
function byRegularExpression(pattern: string, text: string): boolean {
  const escaped = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${escaped}$`, 'is').test(text)
}

test('a star stands for any run of characters, and nothing else is special', () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(matchesAction(pattern, text)).toBe(byRegularExpression(pattern, text))
    }),
    { numRuns: 2000 },
  )
})

test('a pattern matches every text that it was made from', () => {
  fc.assert(
    fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), texts, (fixed, any) => {
      expect(matchesAction(fixed.join('*'), fixed.join(any))).toBe(true)
    }),
  )
})

test.each([
  ['*', 'Microsoft.Compute/virtualMachines/read', true],
  ['*/read', 'microsoft.compute/virtualMachines/READ', true],
  ['*/read', 'Microsoft.Compute/virtualMachines/readAll', false],
  ['Microsoft.Compute/*/read', 'Microsoft.Compute/virtualMachines/disks/read', true],
  ['Microsoft.Compute/*/read', 'Microsoft.Compute/read', false],
  ['Microsoft.Compute/*', 'Microsoft.ComputeX/virtualMachines/read', false],
  ['Microsoft.*/read', 'MicrosoftX/read', false],
  ['', '', true],
  ['**', '', true],
  ['a*a', 'a', false],
])('%s matches %s: %s', (pattern, action, expected) => {
  expect(matchesAction(pattern, action)).toBe(expected)
})

const custom: Role = {
  id: '1',
  name: 'Custom',
  description: '',
  kind: 'CustomRole',
  actions: [],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  assignableScopes: ['/'],
}

test('what notActions take away, no action of the same role gives', () => {
  fc.assert(
    fc.property(fc.array(patterns), fc.array(patterns), texts, (given, taken, action) => {
      const role = { ...custom, actions: given, notActions: taken }
      const data = { ...custom, dataActions: given, notDataActions: taken }
      const isTaken = taken.some((pattern) => byRegularExpression(pattern, action))
      const isGiven = given.some((pattern) => byRegularExpression(pattern, action))
      expect(roleAllows(role, action)).toBe(isGiven && !isTaken)
      expect(roleAllowsData(data, action)).toBe(isGiven && !isTaken)
      expect(roleAllowsData(role, action)).toBe(false)
      expect(roleAllows(data, action)).toBe(false)
      expect(roleNames(role, action) && !(isGiven && !isTaken)).toBe(false)
    }),
  )
})

test('a role names an action letter by letter, in any case; a wildcard names nothing', () => {
  const named = 'Microsoft.Subscription/cancel/action'
  expect(roleNames({ ...custom, actions: [named.toUpperCase()] }, named)).toBe(true)
  expect(roleNames({ ...custom, actions: ['Microsoft.Subscription/*'] }, named)).toBe(false)
  expect(roleNames({ ...custom, actions: [named], notActions: ['*/action'] }, named)).toBe(false)
  expect(roleNames(ownerRole, named)).toBe(false)
})

test.each([
  ['/', '/subscriptions/1', true],
  ['/subscriptions/1', '/subscriptions/1', true],
  ['/subscriptions/1', '/subscriptions/1/resourcegroups/g', true],
  ['/subscriptions/1', '/subscriptions/11', false],
  ['/subscriptions/1/resourcegroups/g', '/subscriptions/1', false],
  ['/subscriptions/1', '/', false],
  ['/subscriptions/1/resourcegroups/g', '/subscriptions/1/resourcegroups/g_2', false],
])('a right at %s reaches %s: %s', (scope, target, expected) => {
  expect(scopeReaches(scope, target)).toBe(expected)
})

test('no built-in role but the one for it lets its holder act as another principal', () => {
  for (const action of [
    'Reprieve.Lifecycle/servicePrincipals/write',
    'Reprieve.Lifecycle/servicePrincipals/delete',
    'Reprieve.Lifecycle/servicePrincipals/addSecret/action',
    'Reprieve.Lifecycle/servicePrincipals/secrets/delete',
    'Reprieve.Lifecycle/tenants/write',
    'Microsoft.Authorization/roleDefinitions/delete',
  ]) {
    const holders = builtInRoles.filter((role) => roleAllows(role, action)).map(({ name }) => name)
    expect(holders, action).toContain('Owner')
    expect(holders, action).not.toContain(contributorRole.name)
    expect(holders, action).not.toContain(readerRole.name)
  }
})
