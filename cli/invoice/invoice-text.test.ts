import { expect, test } from 'vitest'
import { type WholeInvoice, accountIn } from './invoice.ts'
import { invoicesText, invoiceText } from './invoice-text.ts'

const line = {
  number: 1,
  kind: 'usage',
  subscriptionName: 'Shop',
  resourceId: '/subscriptions/1/resourceGroups/g/providers/P/t/store',
  meter: 'storage-gb-months',
  quantity: '11.178125333333',
  unit: 'GB-month',
  unitPrice: '0.0171',
  from: '2026-10-15T00:00:00.000Z',
  to: '2026-11-01T00:00:00.000Z',
  cost: '0.19',
} as const
const credit = {
  ...line,
  number: 2,
  kind: 'credit',
  resourceId: null,
  meter: null,
  quantity: null,
  unit: null,
  unitPrice: null,
  cost: '-0.10',
} as const

const invoice: WholeInvoice = {
  id: '/providers/Reprieve.Lifecycle/billingAccounts/the%20shop/invoices/INV00000001',
  name: 'INV00000001',
  properties: {
    documentType: 'Invoice',
    status: 'OverDue',
    creditFor: null,
    reason: null,
    currency: 'EUR',
    period: { from: '2026-10-15T00:00:00.000Z', to: '2026-11-15T00:00:00.000Z' },
    issuedAt: '2026-11-15T00:00:00.000Z',
    dueAt: '2026-12-15T00:00:00.000Z',
    seller: { name: 'Example Cloud', address: [], country: '', taxId: null },
    buyer: { name: 'Shop', address: ['12 Harbour Street'], country: 'DE', taxId: 'DE 1' },
    subTotal: '0.09',
    taxRate: '19',
    tax: '0.02',
    total: '0.11',
    paid: '0.01',
    credited: '0.00',
    amountDue: '0.10',
    test: false,
    payments: [
      {
        name: 'cheque',
        properties: { amount: '0.01', currency: 'EUR', receivedAt: '2026-12-01T08:00:00.000Z' },
      },
    ],
    creditNotes: [],
    lines: [line, credit],
    linesLink: null,
  },
}

test('an invoice shows its lines, its totals, and what is paid of it', () => {
  const text = invoiceText(invoice)
  expect(accountIn(invoice)).toBe('the shop')
  for (const part of [
    /^Seller +Example Cloud$/m,
    /^Buyer +Shop, 12 Harbour Street, DE, tax id DE 1$/m,
    /^ +1 +Shop +store +storage-gb-months +11\.178125 GB-month +0\.0171 +0\.19$/m,
    /^ +2 +Shop +- +credit +-0\.10$/m,
    /^ +Before tax +0\.09\n +Tax \(19 %\) +0\.02\n +Total +0\.11$/m,
    /^Paid \(1 payment\) +cheque: 0\.01 EUR on 2026-12-01\nStill to pay +0\.10 EUR$/m,
  ]) {
    expect(text).toMatch(part)
  }
  expect(text).not.toMatch(/TEST|Reason|and more|Credited/)
})

test('an invoice that nobody owes, or that has more lines than are shown, says so', () => {
  const properties = { ...invoice.properties, test: true, linesLink: 'https://x/lines' }
  const text = invoiceText({ ...invoice, properties })
  expect(text).toContain('INV00000001 (TEST: nobody owes it)')
  expect(text).toContain('and more: the PDF has all lines')
})

test('a credit note names its invoice and its reason, and is never to be paid', () => {
  const properties = {
    ...invoice.properties,
    documentType: 'CreditNote',
    status: null,
    creditFor: 'INV00000001',
    reason: 'billed twice',
    total: '-0.11',
    payments: [],
  } as const
  const note = { ...invoice, name: 'CRN00000001', properties }
  const text = invoiceText(note)
  expect(text).toMatch(
    /^Credit note +CRN00000001\nFor invoice +INV00000001\nReason +billed twice\n/,
  )
  expect(text).not.toMatch(/Due|Status|Still to pay/)
  const [, row] = invoicesText([note], '').split('\n')
  expect(row?.split(/ {2,}/).slice(4)).toEqual(['-0.11 EUR', '-', 'for INV00000001', '-'])
})
