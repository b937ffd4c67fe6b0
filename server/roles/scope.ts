import { isUuid } from '../kernel/ids.ts'

/** Where a role can be held, in the case in which it was written. */
export type Scope =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'billingAccount'; readonly account: string }
  | { readonly kind: 'subscription'; readonly subscriptionId: string }
  | {
      readonly kind: 'resourceGroup'
      readonly subscriptionId: string
      readonly group: string
    }
  | {
      readonly kind: 'resource'
      readonly subscriptionId: string
      readonly group: string
      /** `Microsoft.Storage/storageAccounts`. */
      readonly type: string
      readonly name: string
      /** What lies inside the resource, as pairs of type and name: a blob service, a container. */
      readonly inside: readonly string[]
    }

type Parameters = { readonly [name: string]: string | undefined }

/** A scope as ARM writes it: `/`, `/subscriptions/<id>`, ...; no trailing slash. */
export function scopeText(scope: Scope): string {
  switch (scope.kind) {
    case 'tenant':
      return '/'
    case 'billingAccount':
      return `/providers/Microsoft.Billing/billingAccounts/${scope.account}`
    case 'subscription':
      return `/subscriptions/${scope.subscriptionId.toLowerCase()}`
    case 'resourceGroup':
      return `/subscriptions/${scope.subscriptionId.toLowerCase()}/resourceGroups/${scope.group}`
    case 'resource': {
      const { subscriptionId, group, type, name, inside } = scope
      const above = scopeText({ kind: 'resourceGroup', subscriptionId, group })
      return [above, 'providers', type, name, ...inside].join('/')
    }
  }
}

/** What scopes are compared by: ARM compares without case. */
export function scopeKey(scope: Scope): string {
  return scopeText(scope).toLowerCase()
}

/** What an id at a scope begins with: nothing at the tenant's. */
export function scopePrefix(scope: Scope): string {
  return scope.kind === 'tenant' ? '' : scopeText(scope)
}

/** Every scope that reaches this one, itself included, as keys. */
export function keysAbove(key: string): readonly string[] {
  const parts = key.split('/').filter((part) => part !== '')
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)]
}

const insideParameters = ['childType', 'childName', 'grandchildType', 'grandchildName'] as const
const resourcePath =
  '/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName' +
  '/providers/:resourceProviderNamespace/:resourceType/:resourceName'

/** The routes of an operation that is served at every scope. */
export function pathsAtScopes(rest: string): readonly string[] {
  return [
    '',
    '/providers/Microsoft.Billing/billingAccounts/:billingAccountName',
    '/subscriptions/:subscriptionId',
    '/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName',
    resourcePath,
    `${resourcePath}/:childType/:childName`,
    `${resourcePath}/:childType/:childName/:grandchildType/:grandchildName`,
  ].map((scope) => `${scope}/providers/Microsoft.Authorization/${rest}`)
}

/** The scope in the path of such a route; null when a part of it cannot be a name. */
export function scopeOfParams(params: Parameters): Scope | null {
  const { billingAccountName: account, subscriptionId, resourceGroupName: group } = params
  const { resourceProviderNamespace: namespace, resourceType, resourceName: name } = params
  const inside = insideParameters.flatMap((parameter) => params[parameter] ?? [])
  // A slash that came in percent-encoded would make one name look like several.
  const parts = [account, subscriptionId, group, namespace, resourceType, name, ...inside]
  if (parts.some((part) => part !== undefined && !isPart(part))) return null
  if (account !== undefined) return { kind: 'billingAccount', account }
  if (subscriptionId === undefined) return { kind: 'tenant' }
  if (!isUuid(subscriptionId)) return null
  if (group === undefined) return { kind: 'subscription', subscriptionId }
  if (namespace === undefined || resourceType === undefined || name === undefined) {
    return { kind: 'resourceGroup', subscriptionId, group }
  }
  const type = `${namespace}/${resourceType}`
  return { kind: 'resource', subscriptionId, group, type, name, inside }
}

/** Reads a scope from a text such as an assignable scope; null when it has none of the forms. */
export function parseScope(text: string): Scope | null {
  const [first, ...parts] = text.replace(/(?<=.)\/$/, '').split('/')
  if (first !== '') return null
  if (parts.length === 1 && parts[0] === '') return { kind: 'tenant' }
  if (!parts.every(isPart)) return null
  const [root, id = '', groups, group = '', providers, namespace, type, name, ...inside] = parts
  if (isWord(root, 'providers')) {
    const isAccount = isWord(id, 'Microsoft.Billing') && isWord(groups, 'billingAccounts')
    return isAccount && parts.length === 4 ? { kind: 'billingAccount', account: group } : null
  }
  if (!isWord(root, 'subscriptions') || !isUuid(id)) return null
  if (parts.length === 2) return { kind: 'subscription', subscriptionId: id }
  if (!isWord(groups, 'resourceGroups') || parts.length < 4) return null
  if (parts.length === 4) return { kind: 'resourceGroup', subscriptionId: id, group }
  if (!isWord(providers, 'providers') || inside.length % 2 !== 0) return null
  if (namespace === undefined || type === undefined || name === undefined) return null
  const found = { type: `${namespace}/${type}`, name, inside }
  return { kind: 'resource', subscriptionId: id, group, ...found }
}

function isWord(part: string | undefined, word: string): boolean {
  return part?.toLowerCase() === word.toLowerCase()
}

const partLengthMax = 260

function isPart(part: string): boolean {
  return part !== '' && part.length <= partLengthMax && !/[/\p{Cc}]/u.test(part)
}
