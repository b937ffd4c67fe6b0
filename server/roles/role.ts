/** What a role grants. Patterns are ARM actions, `*` standing for any run of characters. */
export type Role = {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly kind: 'BuiltInRole' | 'CustomRole'
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
  readonly dataActions: readonly string[]
  readonly notDataActions: readonly string[]
  readonly assignableScopes: readonly string[]
}

/** A role held at a scope, and so at everything below it. `scopeKey` is in lower case. */
export type Grant = { readonly scopeKey: string; readonly role: Role }

/** The scope above all of a tenant. */
export const tenantScope = '/'

/** Whether an assignment at `scopeKey` reaches `targetKey`: the same scope or one below it. */
export function scopeReaches(scopeKey: string, targetKey: string): boolean {
  return scopeKey === tenantScope || targetKey === scopeKey || targetKey.startsWith(`${scopeKey}/`)
}

/** ARM's wildcard match: without case, `*` matches any characters including `/`. */
export function matchesAction(pattern: string, action: string): boolean {
  const parts = pattern.toLowerCase().split('*')
  const text = action.toLowerCase()
  const first = parts[0] ?? ''
  if (parts.length === 1) return text === first
  if (!text.startsWith(first)) return false
  const last = parts[parts.length - 1] ?? ''
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

/** Whether one role allows an action: `notActions` take away what its own `actions` give. */
export function roleAllows(role: Role, action: string): boolean {
  return (
    role.actions.some((pattern) => matchesAction(pattern, action)) &&
    !role.notActions.some((pattern) => matchesAction(pattern, action))
  )
}

export function roleAllowsData(role: Role, action: string): boolean {
  return (
    role.dataActions.some((pattern) => matchesAction(pattern, action)) &&
    !role.notDataActions.some((pattern) => matchesAction(pattern, action))
  )
}

/** Whether a role names the action letter by letter: a wildcard does not count. */
export function roleNames(role: Role, action: string): boolean {
  const wanted = action.toLowerCase()
  return (
    role.actions.some((pattern) => pattern.toLowerCase() === wanted) && roleAllows(role, action)
  )
}
