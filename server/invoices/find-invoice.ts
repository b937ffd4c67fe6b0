import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type OperationRequest, refuseRequest } from '../pipeline/operation.ts'
import { type StoredDocument, readDocument } from './document-store.ts'

type Parameters = OperationRequest['params']

export function accountNameIn(params: Parameters): string {
  return String(params['billingAccountName'])
}

/** The scope at which everything of a billing account is asked for. */
export function accountScope(params: Parameters): string {
  return `/providers/Microsoft.Billing/billingAccounts/${accountNameIn(params)}`
}

/** The invoice or credit note that a path names; one of another account is not there. */
export async function findInvoice(
  { db }: Pick<Database<Schema>, 'db'>,
  { caller, params }: Pick<OperationRequest, 'caller' | 'params'>,
): Promise<StoredDocument> {
  const name = String(params['invoiceName'])
  const found = await readDocument(db, caller.tenantId, name)
  if (found === null || found.accountKey !== accountNameIn(params).toLowerCase()) {
    return refuseNoInvoice(name)
  }
  return found
}

export function refuseNoInvoice(name: string): never {
  return refuseRequest('notFound', { what: `The invoice '${name}'` })
}
