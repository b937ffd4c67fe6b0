import { type BillingAccount, readBillingAccount } from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type StoredDocument, readDocument } from '../invoices/document-store.ts'
import { refuseNoInvoice } from '../invoices/find-invoice.ts'
import { isUuid } from '../kernel/ids.ts'
import { type OperationRequest, refuseRequest } from '../pipeline/operation.ts'
import { type Subscription, readSubscription } from '../subscriptions/store.ts'
import { namesAccount, requireAction, seesAccount } from './find-account.ts'

type Db = Pick<Database<Schema>['db'], 'selectFrom'>
type Request = Pick<OperationRequest, 'caller' | 'params'>

export const readInvoices = 'Microsoft.Billing/billingAccounts/invoices/read'

export type FoundInvoice = { readonly account: BillingAccount; readonly document: StoredDocument }

/** The invoice that a path names, in its account or in `default`, with the account that pays it. */
export async function findBilledInvoice(db: Db, request: Request): Promise<FoundInvoice> {
  const { caller, params } = request
  const name = String(params['invoiceName'])
  const document = await readDocument(db, caller.tenantId, name)
  if (document === null || !namesAccount(params, document.accountKey)) return refuseNoInvoice(name)
  const account = await readBillingAccount(db, caller.tenantId, document.accountKey)
  if (account === null || !seesAccount(caller, account.name)) return refuseNoInvoice(name)
  return { account: requireAction(caller, account, readInvoices), document }
}

/** The invoice under one of the subscriptions that its account pays for. */
export async function findInvoiceOfSubscription(db: Db, request: Request): Promise<FoundInvoice> {
  const { account } = await findBillingSubscription(db, request, readInvoices)
  const name = String(request.params['invoiceName'])
  const document = await readDocument(db, request.caller.tenantId, name)
  if (document === null || document.accountKey !== account.nameKey) return refuseNoInvoice(name)
  return { account, document }
}

export type FoundSubscription = {
  readonly account: BillingAccount
  readonly subscription: Subscription
}

/** The billing subscription that a path names. It exists for whoever reads its account. */
export async function findBillingSubscription(
  db: Db,
  { caller, params }: Request,
  action: string,
): Promise<FoundSubscription> {
  const id = String(params['billingSubscriptionName']).toLowerCase()
  const subscription = isUuid(id) ? await readSubscription(db, caller.tenantId, id) : null
  if (subscription === null || !namesAccount(params, subscription.billingAccountKey)) {
    return refuseNoSubscription(id)
  }
  const account = await readBillingAccount(db, caller.tenantId, subscription.billingAccountKey)
  if (account === null || !seesAccount(caller, account.name)) return refuseNoSubscription(id)
  return { account: requireAction(caller, account, action), subscription }
}

function refuseNoSubscription(id: string): never {
  return refuseRequest('notFound', { what: `The billing subscription '${id}'` })
}
