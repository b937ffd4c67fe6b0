import type { Operation } from '../pipeline/operation.ts'
import { type CreditOperationDependencies, creditOperations } from './credit.http.ts'
import { draftInvoiceOperation } from './draft.http.ts'
import { invoiceReadOperations } from './read.http.ts'

/** Invoices and credit notes of a billing account, and what its next invoice comes to. */
export function invoiceOperations(dependencies: CreditOperationDependencies): readonly Operation[] {
  return [
    ...invoiceReadOperations(dependencies),
    draftInvoiceOperation(dependencies),
    ...creditOperations(dependencies),
  ]
}
