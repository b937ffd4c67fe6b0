/** What a list of role assignments is narrowed to. */
export type AssignmentFilter = {
  /** At the scope and above it; else below it too. */
  readonly above: boolean
  readonly principalId: string | null
}

/** What a list of role definitions is narrowed to. */
export type DefinitionFilter = {
  /** Also those that can be assigned only below the scope. */
  readonly below: boolean
  /** In lower case. */
  readonly nameKey: string | null
  readonly type: 'BuiltInRole' | 'CustomRole' | null
}

export const assignmentFilters = [
  'atScope()',
  "principalId eq '<object id>'",
  "assignedTo('<object id>')",
  'these joined by and',
] as const

export const definitionFilters = [
  "roleName eq '<name>'",
  "type eq 'BuiltInRole'",
  "type eq 'CustomRole'",
  'atScopeAndBelow()',
  'these joined by and',
] as const

/** Reads `$filter` of role assignments; null when it says something else. Empty: everything. */
export function parseAssignmentFilter(text: string): AssignmentFilter | null {
  let filter: AssignmentFilter = { above: false, principalId: null }
  for (const term of termsOf(text) ?? [null]) {
    if (term === null) return null
    if (term.name === 'atscope' && term.value === null) {
      filter = { ...filter, above: true }
    } else if ((term.name === 'principalid' || term.name === 'assignedto') && term.value !== null) {
      const principalId = term.value.toLowerCase()
      // Two different principals at once: nothing can match, and the caller surely meant something.
      if (filter.principalId !== null && filter.principalId !== principalId) return null
      filter = { ...filter, principalId }
    } else {
      return null
    }
  }
  return filter
}

/** Reads `$filter` of role definitions; null when it says something else. Empty: everything. */
export function parseDefinitionFilter(text: string): DefinitionFilter | null {
  let filter: DefinitionFilter = { below: false, nameKey: null, type: null }
  for (const term of termsOf(text) ?? [null]) {
    if (term === null) return null
    const type = roleTypeOf(term.value)
    if (term.name === 'atscopeandbelow' && term.value === null) {
      filter = { ...filter, below: true }
    } else if (term.name === 'rolename' && term.value !== null && filter.nameKey === null) {
      filter = { ...filter, nameKey: term.value.toLowerCase() }
    } else if (term.name === 'type' && type !== null && filter.type === null) {
      filter = { ...filter, type }
    } else {
      return null
    }
  }
  return filter
}

function roleTypeOf(value: string | null): 'BuiltInRole' | 'CustomRole' | null {
  const key = value?.toLowerCase()
  if (key === 'builtinrole') return 'BuiltInRole'
  return key === 'customrole' ? 'CustomRole' : null
}

type Term = { readonly name: string; readonly value: string | null }

/** `name eq 'value'`, `name('value')` or `name()`; a quote in a value is written twice. */
const termShape = /^(\w+)(?:\s+eq\s+'((?:[^']|'')*)'|\(\s*(?:'((?:[^']|'')*)')?\s*\))(\s+and\s+|$)/i

function termsOf(text: string): readonly Term[] | null {
  const terms: Term[] = []
  let rest = text.trim()
  while (rest !== '') {
    const match = termShape.exec(rest)
    if (match === null) return null
    const [whole, name = '', compared, called, and = ''] = match
    const value = compared ?? called ?? null
    terms.push({ name: name.toLowerCase(), value: value?.replaceAll("''", "'") ?? null })
    rest = rest.slice(whole.length)
    if (and !== '' && rest === '') return null
  }
  return terms
}
