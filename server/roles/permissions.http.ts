import { type Operation, operation } from '../pipeline/operation.ts'
import { definitionApiVersions, requestScope, whenSuspended } from './authorization-api.ts'
import { requestScopeText } from './authorization-api.ts'
import { accountAdministratorRights } from './built-in.ts'
import { scopeReaches } from './role.ts'
import { pathsAtScopes, scopeKey } from './scope.ts'

/** Clients that know no parent resource leave its place empty, and so write two slashes. */
const emptyParent =
  '/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName' +
  '/providers/:resourceProviderNamespace//:resourceType/:resourceName' +
  '/providers/Microsoft.Authorization/permissions'

/** What the caller may do at a scope: one entry for each role that he holds there. */
export function permissionsOperation(): Operation {
  return operation({
    name: 'Permissions_ListForResource',
    method: 'GET',
    paths: [...pathsAtScopes('permissions'), emptyParent],
    type: 'Microsoft.Authorization/permissions',
    apiVersions: definitionApiVersions,
    // Everybody may ask what he himself may do.
    action: null,
    scope: requestScopeText,
    whenSuspended,
    handle: async ({ caller, params, subscription }) => {
      const key = scopeKey(requestScope(params))
      const held = caller.grants.filter((grant) => scopeReaches(grant.scopeKey, key))
      const isAdministrator = caller.principalId === subscription?.lifecycle.accountAdministrator
      const roles = [
        ...held.map((grant) => grant.role),
        ...(isAdministrator ? [accountAdministratorRights] : []),
      ]
      const value = roles.map(({ actions, notActions, dataActions, notDataActions }) => {
        return { actions, notActions, dataActions, notDataActions }
      })
      return { status: 200, body: { value } }
    },
  })
}
