import type { Client } from '../../api/client.ts'
import { accountPath, listAccounts } from '../billing-account/account.ts'
import { type Call, optionOf } from '../command.ts'
import { CommandRefused } from '../failure.ts'
import { orNull } from '../or-null.ts'

/** An invoice or credit note as a list shows it. Amounts: decimal texts in major units. */
export type Invoice = {
  readonly id: string
  /** Its number. */
  readonly name: string
  readonly properties: {
    readonly documentType: 'Invoice' | 'CreditNote'
    /** Null for a credit note: nobody owes what it says. */
    readonly status: 'Due' | 'OverDue' | 'Paid' | 'Void' | null
    /** The invoice that a credit note takes back from. */
    readonly creditFor: string | null
    readonly reason: string | null
    readonly currency: string
    readonly period: { readonly from: string; readonly to: string }
    readonly issuedAt: string
    readonly dueAt: string
    readonly seller: Party
    readonly buyer: Party
    readonly subTotal: string
    readonly taxRate: string
    readonly tax: string
    readonly total: string
    readonly paid: string
    readonly credited: string
    readonly amountDue: string
    readonly test: boolean
  }
}

export type Party = {
  readonly name: string
  readonly address: readonly string[]
  readonly country: string
  readonly taxId: string | null
}

/** With its lines, as it is shown alone. */
export type WholeInvoice = Invoice & {
  readonly properties: {
    readonly payments: readonly Payment[]
    readonly creditNotes: readonly string[]
    readonly lines: readonly InvoiceLine[]
    /** Where all lines are, when these are not all. */
    readonly linesLink: string | null
  }
}

export type Payment = {
  readonly name: string
  readonly properties: {
    readonly amount: string
    readonly currency: string
    readonly receivedAt: string
  }
}

export type InvoiceLine = {
  readonly number: number
  readonly kind: 'usage' | 'support' | 'credit' | 'overLimit'
  readonly subscriptionName: string
  readonly resourceId: string | null
  readonly meter: string | null
  readonly quantity: string | null
  readonly unit: string | null
  readonly unitPrice: string | null
  readonly from: string
  readonly to: string
  readonly cost: string
}

export const numberWord = ['<number>', 'Its number, such as INV00000001'] as const
export const accountOption = [
  '--billing-account <account>',
  'The billing account that it is of (default: looked for in all)',
] as const

export function invoicesPath(account: string): string {
  return `${accountPath(account)}/invoices`
}

/** The billing account in the id of an invoice. */
export function accountIn({ id }: Pick<Invoice, 'id'>): string {
  return decodeURIComponent(/\/billingAccounts\/([^/]+)\//i.exec(id)?.[1] ?? '')
}

/** The accounts that a command is about: the one that it names, else all that one may see. */
export async function accountsOf(call: Call, client: Client): Promise<readonly string[]> {
  const named = optionOf(call, 'billingAccount')
  return named === null ? (await listAccounts(client)).map(({ name }) => name) : [named]
}

/** An invoice by its number, which no other in the tenant has. */
export async function findInvoice(call: Call, number: string): Promise<WholeInvoice> {
  const client = await call.client()
  const accounts = await accountsOf(call, client)
  for (const account of accounts) {
    const path = `${invoicesPath(account)}/${encodeURIComponent(number)}`
    const found = await orNull(client.request<WholeInvoice>('GET', path))
    if (found !== null) return found.body
  }
  const where = accounts.length === 1 ? `in the billing account ${accounts[0]}` : 'that you may see'
  throw new CommandRefused(
    `There is no invoice '${number}' ${where}. List them: npx reprieve invoice list`,
  )
}
