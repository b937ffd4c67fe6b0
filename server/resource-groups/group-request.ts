import type { OperationRequest } from '../pipeline/operation.ts'

export const groupPaths = ['/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName']

/** The scope at which a group's rights are asked, from the decoded path. */
export function groupScope(params: OperationRequest['params']): string {
  return `/subscriptions/${params['subscriptionId']}/resourceGroups/${params['resourceGroupName']}`
}

export function groupRequest(request: OperationRequest) {
  const { caller, params, realNow } = request
  const subscriptionId = (params['subscriptionId'] ?? '').toLowerCase()
  return {
    name: params['resourceGroupName'] ?? '',
    subscriptionId,
    change: { tenantId: caller.tenantId, subscriptionId, actor: caller.principalId, realNow },
  }
}
