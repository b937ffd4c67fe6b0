import { expect, test } from 'vitest'
import { type Costs, costText } from './cost-text.ts'

const subscription = { subscriptionId: 'id-1', displayName: 'Shop' }
const costs: Costs = {
  properties: {
    currency: 'EUR',
    by: 'day',
    period: 'current',
    from: '2026-10-15T00:00:00.000Z',
    to: '2026-11-15T00:00:00.000Z',
    asOf: '2026-11-01T09:00:00.000Z',
    charged: '0.19',
    takenOff: '0.00',
    projection: { charged: '0.34', takenOff: '0.10' },
    credit: { left: '169.90', expiresAt: '2026-12-01T09:00:00.000Z' },
  },
  value: [
    { day: '2026-10-31', cost: '0.011249', rounded: '0.01' },
    { day: '2026-11-01', cost: '0.0042', rounded: '0.00' },
  ],
}

test('what a period costs by now and at its end, less credit, and what credit is left', () => {
  const text = costText(subscription, costs)
  expect(text).toMatch(/^By now \(2026-11-01 09:00 UTC\) +0\.19 EUR before tax$/m)
  expect(text).toMatch(
    /^At its end, as it runs now +0\.34 EUR before tax, less 0\.10 EUR of credit/m,
  )
  expect(text).toMatch(/^Credit left +169\.90 EUR, until 2026-12-01 09:00 UTC$/m)
})

test('small days are not rounded away, and parts of an invoice are as it has them', () => {
  expect(costText(subscription, costs)).toMatch(/^2026-10-31 +0\.0112\n2026-11-01 +0\.0042$/m)
  const value = [{ meter: 'vcpu-hours', cost: '0.011249', rounded: '0.01', charged: '0.02' }]
  const byMeter = { ...costs, properties: { ...costs.properties, by: 'meter' }, value }
  expect(costText(subscription, byMeter)).toMatch(/^Meter +Cost \(EUR\)\nvcpu-hours +0\.02$/m)
})

test('a period that is over has no projection, and one without usage says so', () => {
  const properties = {
    ...costs.properties,
    period: 'last',
    projection: null,
    credit: null,
  } as const
  const text = costText(subscription, { properties, value: [] })
  expect(text).toMatch(/^In all +0\.19 EUR before tax$/m)
  expect(text).toContain('Nothing was used in it.')
  expect(text).not.toMatch(/At its end|Credit/)
})
