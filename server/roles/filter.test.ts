import { expect, test } from 'vitest'
import { parseAssignmentFilter, parseDefinitionFilter } from './filter.ts'

const person = '11111111-aaaa-4000-8000-000000000000'

test.each([
  ['', { above: false, principalId: null }],
  ['  ', { above: false, principalId: null }],
  ['atScope()', { above: true, principalId: null }],
  ['ATSCOPE( )', { above: true, principalId: null }],
  [`principalId eq '${person}'`, { above: false, principalId: person }],
  [`principalid  EQ  '${person.toUpperCase()}'`, { above: false, principalId: person }],
  [`assignedTo('${person}')`, { above: false, principalId: person }],
  [`atScope() and assignedTo('${person}')`, { above: true, principalId: person }],
  [`principalId eq '${person}' AND atScope()`, { above: true, principalId: person }],
])('of assignments, %j is read', (text, expected) => {
  expect(parseAssignmentFilter(text)).toEqual(expected)
})

test.each([
  'asTarget()',
  'atScope',
  'atScope() and',
  'and atScope()',
  'atScope() atScope()',
  `principalId ne '${person}'`,
  `principalId eq ${person}`,
  `principalId eq '${person}' and principalId eq '22222222-aaaa-4000-8000-000000000000'`,
  `atScope('${person}')`,
  "roleName eq 'Owner'",
  `principalId eq '${person}' or atScope()`,
])('of assignments, %j is refused', (text) => {
  expect(parseAssignmentFilter(text)).toBeNull()
})

const nothing = { below: false, nameKey: null, type: null }

test.each([
  ['', nothing],
  ["roleName eq 'Owner'", { ...nothing, nameKey: 'owner' }],
  ["roleName eq 'It''s ours and eq ''x'''", { ...nothing, nameKey: "it's ours and eq 'x'" }],
  ["type eq 'builtinrole'", { ...nothing, type: 'BuiltInRole' }],
  [
    "type eq 'CustomRole' and atScopeAndBelow()",
    { below: true, nameKey: null, type: 'CustomRole' },
  ],
])('of definitions, %j is read', (text, expected) => {
  expect(parseDefinitionFilter(text)).toEqual(expected)
})

test.each([
  "type eq 'Other'",
  "roleName eq 'a' and roleName eq 'b'",
  "roleName eq 'it's'",
  'atScopeAndBelow(true)',
  "principalId eq 'x'",
])('of definitions, %j is refused', (text) => {
  expect(parseDefinitionFilter(text)).toBeNull()
})
