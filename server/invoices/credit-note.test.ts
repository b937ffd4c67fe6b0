import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fraction } from '../kernel/fraction.ts'
import type { Instant } from '../kernel/instant.ts'
import { decideCredit, decideVoid } from './credit-note.ts'
import { taxOn } from './invoice-lines.ts'

const nothing = { net: 0n, tax: 0n }
const tenPercent = fraction(10n)

function invoiceOf(subTotal: bigint, rate = tenPercent) {
  const tax = taxOn(subTotal, rate)
  const standing = { paid: 0n, credited: 0n, voidedAt: null as Instant | null }
  return { type: 'Invoice' as const, subTotal, tax, total: subTotal + tax, ...standing }
}

test('a part of a line is credited with its share of the tax, and no more than the line has', () => {
  const invoice = invoiceOf(1000n)
  const credited = decideCredit(invoice, 505n, 1000n, nothing, tenPercent)
  expect(credited).toEqual({ accepted: true, value: { net: 505n, tax: 51n } })
  const more = decideCredit(invoice, 401n, 400n, nothing, tenPercent)
  expect(more).toEqual({ accepted: false, refusal: { code: 'MoreThanLine', left: 400n } })
  const noLine = decideCredit(invoice, 1n, null, nothing, tenPercent)
  expect(noLine).toEqual({ accepted: false, refusal: { code: 'MoreThanLine', left: 0n } })
  // What a trial's credit took off is no charge.
  const negative = decideCredit(invoice, 1n, -200n, nothing, tenPercent)
  expect(negative).toEqual({ accepted: false, refusal: { code: 'MoreThanLine', left: 0n } })
})

test.each([0n, -1n])('a credit of %s is refused', (net) => {
  const decision = decideCredit(invoiceOf(1000n), net, 1000n, nothing, tenPercent)
  expect(decision).toEqual({ accepted: false, refusal: { code: 'NotPositive' } })
})

test('no more is credited than is due, tax included', () => {
  const invoice = { ...invoiceOf(1000n), paid: 1000n }
  const more = decideCredit(invoice, 92n, 1000n, nothing, tenPercent)
  expect(more).toEqual({ accepted: false, refusal: { code: 'MoreThanDue', due: 100n } })
  const just = decideCredit(invoice, 91n, 1000n, nothing, fraction(9n))
  expect(just).toEqual({ accepted: true, value: { net: 91n, tax: 8n } })
})

test('neither a credit note nor a void invoice is credited, and one that was paid is not void', () => {
  const note = { ...invoiceOf(1000n), type: 'CreditNote' as const }
  const refused = { accepted: false, refusal: { code: 'NotAnInvoice' } }
  expect(decideCredit(note, 1n, 1n, nothing, tenPercent)).toEqual(refused)
  expect(decideVoid(note, nothing)).toEqual(refused)
  const isVoid = { ...invoiceOf(1000n), credited: 1100n, voidedAt: 0 as Instant }
  const again = decideCredit(isVoid, 1n, 1n, nothing, tenPercent)
  expect(again).toEqual({ accepted: false, refusal: { code: 'InvoiceVoid' } })
  expect(decideVoid(isVoid, { net: 1000n, tax: 100n })).toEqual({ accepted: true, value: null })
  const paid = { ...invoiceOf(1000n), paid: 1n }
  const hasPayments = { accepted: false, refusal: { code: 'HasPayments', due: 1099n } }
  expect(decideVoid(paid, nothing)).toEqual(hasPayments)
})

test('whatever is credited in parts, the rest that a void takes back makes it whole', () => {
  const parts = fc.array(fc.bigInt({ min: 1n, max: 500n }), { maxLength: 30 })
  const rates = fc.bigInt({ min: 0n, max: 1_000_000n })
  fc.assert(
    fc.property(parts, fc.bigInt({ min: 0n, max: 9_999n }), rates, (nets, rest, tenThousandths) => {
      const rate = fraction(tenThousandths, 10_000n)
      const subTotal = nets.reduce((sum, net) => sum + net, rest)
      let invoice = invoiceOf(subTotal, rate)
      let before = nothing
      for (const net of nets) {
        const decision = decideCredit(invoice, net, subTotal - before.net, before, rate)
        if (!decision.accepted) throw new Error(decision.refusal.code)
        const { tax } = decision.value
        expect(tax).toBeGreaterThanOrEqual(0n)
        before = { net: before.net + net, tax: before.tax + tax }
        invoice = { ...invoice, credited: invoice.credited + net + tax }
      }
      const last = decideVoid(invoice, before)
      if (!last.accepted || last.value === null) throw new Error('it is not void yet')
      expect(before.net + last.value.net).toBe(invoice.subTotal)
      expect(before.tax + last.value.tax).toBe(invoice.tax)
      expect(invoice.credited + last.value.net + last.value.tax).toBe(invoice.total)
    }),
  )
})
