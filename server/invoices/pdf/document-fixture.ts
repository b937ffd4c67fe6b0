import { instant } from '../../kernel/instant.ts'
import { meters } from '../../prices/meter.ts'
import type { InvoiceLine, IssuedDocument } from '../invoice.ts'

export const at = (iso: string) => instant(Date.parse(iso))

export const october = { from: at('2026-10-01T00:00:00Z'), to: at('2026-11-01T00:00:00Z') }

const webSubscription = '6b1f0a52-52a4-4c8e-9f39-1d0c5b8f7a01'

/** The ARM id of a storage account as long as they really are. */
export function storageId(name: string): string {
  const group = `/subscriptions/${webSubscription}/resourceGroups/production-westeurope`
  return `${group}/providers/Microsoft.Storage/storageAccounts/${name}`
}

export function usageLine(changes: Partial<InvoiceLine> = {}): InvoiceLine {
  return {
    kind: 'usage',
    subscriptionId: webSubscription,
    subscriptionName: 'Web shop',
    uid: '0d9a7c1e-2f63-4b6e-9a0f-5d7f1c0a9b11',
    resourceId: storageId('shopfiles'),
    meter: 'storage-gb-months',
    amount: meters['storage-gb-months'].perUnit * 1_234n,
    unitPrice: '0.0184',
    ...october,
    cost: 2_271n,
    ...changes,
  }
}

export function creditLine(cost: bigint): InvoiceLine {
  return usageLine({
    kind: 'credit',
    uid: null,
    resourceId: null,
    meter: null,
    amount: 0n,
    unitPrice: null,
    cost,
  })
}

/** A document whose sums are those of its lines, with tax at 20 % unless it says otherwise. */
export function issuedDocument(changes: Partial<IssuedDocument> = {}): IssuedDocument {
  const lines = changes.lines ?? [usageLine()]
  const subTotal = lines.reduce((sum, { cost }) => sum + cost, 0n)
  const tax = changes.tax ?? subTotal / 5n
  return {
    name: 'INV00000042',
    type: 'Invoice',
    creditFor: null,
    tenantId: '0b0c1f0e-6a47-4a5c-8a37-6a3a7a4f2b10',
    accountKey: 'contoso',
    accountName: 'Contoso retail',
    currency: 'EUR',
    language: 'en',
    period: october,
    issuedAt: october.to,
    dueAt: at('2026-12-01T00:00:00Z'),
    seller: {
      name: 'Fabrikam Cloud GmbH',
      address: ['Hafenstraße 12', '20457 Hamburg'],
      country: 'DE',
      taxId: 'DE123456789',
    },
    buyer: {
      name: 'Contoso Détail SARL',
      address: ['14, rue de l’Église', '69002 Lyon'],
      country: 'FR',
      taxId: 'FR40303265045',
    },
    lines,
    subTotal,
    taxRate: '20',
    tax,
    total: subTotal + tax,
    test: false,
    ...changes,
  }
}
