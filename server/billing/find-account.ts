import { type BillingAccount, readBillingAccount } from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { mayAct, refuseAct } from '../pipeline/authorise.ts'
import { type Caller, type OperationRequest, refuseRequest } from '../pipeline/operation.ts'

type Db = Pick<Database<Schema>['db'], 'selectFrom'>

export const billingAccountsPath = '/providers/Microsoft.Billing/billingAccounts'
export const readAccountAction = 'Microsoft.Billing/billingAccounts/read'

/** Clients write it where the name of something in the account says which account it is. */
const anyAccount = 'default'

export function accountPath({ name }: Pick<BillingAccount, 'name'>): string {
  return `${billingAccountsPath}/${name}`
}

/** Each account shows one billing profile and one invoice section, both under its own name. */
export function profilePath({ name }: Pick<BillingAccount, 'name'>): string {
  return `${billingAccountsPath}/${name}/billingProfiles/${name}`
}

export function sectionPath(account: Pick<BillingAccount, 'name'>): string {
  return `${profilePath(account)}/invoiceSections/${account.name}`
}

/** Whether an account exists for a caller: if he may read it. */
export function seesAccount(caller: Caller, name: string): boolean {
  return mayAct(caller, readAccountAction, `${billingAccountsPath}/${name}`, null)
}

/**
 * The account that a path names. For whoever may not read it, it does not exist; whoever reads it
 * and may not do what he asks for is told who may.
 */
export async function findAccount(
  db: Db,
  { caller, params }: Pick<OperationRequest, 'caller' | 'params'>,
  action: string,
): Promise<BillingAccount> {
  const name = String(params['billingAccountName'])
  const account = await readBillingAccount(db, caller.tenantId, name)
  if (account === null || !seesAccount(caller, account.name)) {
    return refuseRequest('notFound', { what: `The billing account '${name}'` })
  }
  requireInside(account, params)
  return requireAction(caller, account, action)
}

/** Whether a path's account is the one that something belongs to, or `default`, which is any. */
export function namesAccount(params: OperationRequest['params'], accountKey: string): boolean {
  const name = String(params['billingAccountName']).toLowerCase()
  return name === anyAccount || name === accountKey
}

export function requireAction(
  caller: Caller,
  account: BillingAccount,
  action: string,
): BillingAccount {
  const scope = accountPath(account)
  if (!mayAct(caller, action, scope, null)) refuseAct(caller, action, scope, null)
  return account
}

/** Profile and section have the account's name; another one is not there. */
function requireInside({ nameKey }: BillingAccount, params: OperationRequest['params']): void {
  const { billingProfileName: profile, invoiceSectionName: section } = params
  if (profile !== undefined && profile.toLowerCase() !== nameKey) {
    refuseRequest('notFound', { what: `The billing profile '${profile}'` })
  }
  if (section !== undefined && section.toLowerCase() !== nameKey) {
    refuseRequest('notFound', { what: `The invoice section '${section}'` })
  }
}
