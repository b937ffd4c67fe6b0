import { refuseRequest } from '../pipeline/operation.ts'
import { type Scope, scopeOfParams, scopePrefix, scopeText } from './scope.ts'

/** What az, the SDKs and Terraform ask for; the shapes that we serve are alike in all of them. */
export const assignmentApiVersions = [
  '2015-07-01',
  '2017-10-01-preview',
  '2018-01-01-preview',
  '2018-09-01-preview',
  '2020-03-01-preview',
  '2020-04-01-preview',
  '2020-08-01-preview',
  '2020-10-01-preview',
  '2022-04-01',
] as const

export const definitionApiVersions = [
  '2015-07-01',
  '2018-01-01-preview',
  '2018-07-01',
  '2022-04-01',
  '2022-05-01-preview',
] as const

/** Access is managed in any state: who keeps order among people destroys and writes no data. */
export const whenSuspended = { allow: 'who has access is managed in any state' } as const

type Parameters = { readonly [name: string]: string }

/** The scope in the path of a route of `pathsAtScopes`. */
export function requestScope(params: Parameters): Scope {
  const scope = scopeOfParams(params)
  if (scope !== null) return scope
  const name = Object.values(params).join('/')
  return refuseRequest('invalidName', { field: 'scope', name, rule: 'resource' })
}

/** For `Operation.scope`. */
export function requestScopeText(params: Parameters): string {
  return scopeText(requestScope(params))
}

/** The id of a role as seen from a scope: ARM writes the subscription first, if there is one. */
export function roleDefinitionId(roleId: string, seenFrom: Scope): string {
  const prefix =
    'subscriptionId' in seenFrom
      ? scopePrefix({ kind: 'subscription', subscriptionId: seenFrom.subscriptionId })
      : ''
  return `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
}
