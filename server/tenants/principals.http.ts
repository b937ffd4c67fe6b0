import { isReprieveName } from '../kernel/names.ts'
import { mayAct, refuseAct } from '../pipeline/authorise.ts'
import { type Caller, type OperationRequest, refuseRequest } from '../pipeline/operation.ts'
import { assignAction } from '../roles/assign.http.ts'
import { tenantScope } from '../roles/role.ts'
import { withGrantsNow } from '../roles/store.ts'
import type { TenantChange } from './change.ts'

export const servicePrincipalsPath = '/providers/Reprieve.Lifecycle/servicePrincipals'

export function nameIn(params: OperationRequest['params']): string {
  const name = String(params['servicePrincipalName'])
  if (isReprieveName(name)) return name
  const field = 'service principal name'
  return refuseRequest('invalidName', { field, name, rule: 'reprieve' })
}

export function refuseUnknown(name: string): never {
  return refuseRequest('notFound', { what: `${servicePrincipalsPath}/${name}` })
}

/**
 * Who changes a principal, or makes a secret for it, gains what it holds: he must be able to give
 * himself all of that anyway. Everybody may change himself.
 */
export async function requireSay(
  { tx }: TenantChange,
  caller: Caller,
  principalId: string,
): Promise<void> {
  if (caller.principalId === principalId) return
  const now = await withGrantsNow(tx, caller)
  if (!mayAct(now, assignAction, tenantScope, null)) {
    refuseAct(now, assignAction, tenantScope, null)
  }
}
