import fc from 'fast-check'
import { expect, test } from 'vitest'
import { taxOn } from '../invoices/invoice-lines.ts'
import { fraction } from '../kernel/fraction.ts'
import { type NumberedLine, taxShares } from './show-transaction.ts'

test('the shares of the tax come to the tax of the invoice, however its lines are paged', () => {
  const costs = fc.array(fc.bigInt({ min: -5_000n, max: 5_000n }), { maxLength: 40 })
  const rate = fraction(1_955n, 100n)
  fc.assert(
    fc.property(costs, fc.nat(40), (all, cut) => {
      const lines = all.map((cost, index) => ({ cost, number: index + 1 }) as NumberedLine)
      const first = lines.slice(0, cut)
      const before = first.reduce((sum, { cost }) => sum + cost, 0n)
      const shares = [...taxShares(first, 0n, rate), ...taxShares(lines.slice(cut), before, rate)]
      const total = all.reduce((sum, cost) => sum + cost, 0n)
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(taxOn(total, rate))
    }),
  )
})
