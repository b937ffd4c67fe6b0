import { expect, test } from 'vitest'
import { disabled, plan, subscription } from './plan-fixture.ts'
import { planText } from './plan-text.ts'
import { showText } from './show-text.ts'
import { endingText } from './support-text.ts'

test('the final bill is shown line by line, with its totals under the amounts', () => {
  const text = planText(subscription, plan)
  expect(text).toContain('what was used since 2026-10-15 00:00 UTC and is not invoiced yet')
  const lines = text.split('\n')
  const rows = lines.slice(lines.findIndex((line) => line.startsWith('Resource')))
  expect(rows.slice(0, 5)).toEqual([
    'Resource  Meter                        Quantity  Unit price  Amount (EUR)',
    'demoshop  storage-gb-months  11.178082 GB-month      0.0171          0.19',
    '                                                 Before tax          0.19',
    '                                                 Tax (19 %)          0.04',
    '                                                      Total          0.23',
  ])
  expect(text).toContain('Nothing is charged after that: not for the data, either.')
})

test('a bill says what credit takes off, how many lines it leaves out, and that it is empty', () => {
  const { finalBill } = plan.properties
  const shown = (bill: object): string =>
    planText(subscription, {
      ...plan,
      properties: { ...plan.properties, finalBill: { ...finalBill, ...bill } },
    })
  expect(shown({ credit: '0.19' })).toMatch(/Credit, or above the limit +-0\.19\n/)
  expect(shown({ credit: '0.000' })).not.toContain('Credit')
  expect(shown({ lineCount: 101 })).toContain('and 100 more lines')
  expect(shown({ lineCount: 0, lines: [] })).toContain('nothing was used since 2026-10-15 00:00')
})

const help = {
  subscriptionId: 'id-2',
  displayName: 'Help',
  offer: 'SupportStandard',
  renews: true,
  endsAt: '2027-01-15T09:00:00.000Z',
  currency: 'EUR',
  months: [
    {
      startsAt: '2026-11-15T09:00:00.000Z',
      invoiceDate: '2026-12-01T00:00:00.000Z',
      amount: '93.00',
    },
    {
      startsAt: '2026-12-15T09:00:00.000Z',
      invoiceDate: '2027-01-01T00:00:00.000Z',
      amount: '93.00',
    },
  ],
}

test('every commitment that goes on is shown with its months, its end, and how to end it', () => {
  const commitments = [help, { ...help, subscriptionId: 'id-3', renews: false, months: [] }]
  const text = planText(subscription, { ...plan, properties: { ...plan.properties, commitments } })
  for (const part of [
    'Help (id-2): SupportStandard, serves until 2027-01-15 09:00 UTC, then renews\n',
    '2026-12-15  2027-01-01    93.00 EUR',
    'To end it: npx reprieve subscription cancel id-2',
    'Help (id-3): SupportStandard, serves until 2027-01-15 09:00 UTC, then ends\n',
    'Every month of its term is invoiced already.',
  ]) {
    expect(text).toContain(part)
  }
  expect(text).not.toContain('cancel id-3')
  expect(text).not.toContain('Nothing is charged')
})

test('the plan for a support plan says until when it serves, and promises no purge', () => {
  const none = { deletableFrom: null, readableUntil: null, purge: null }
  const properties = {
    ...plan.properties,
    subscriptionId: 'id-2',
    offer: 'SupportStandard',
    dates: { ...plan.properties.dates, ...none, billingStops: help.endsAt },
    commitments: [help],
  }
  const named = { subscriptionId: 'id-2', displayName: 'Help' }
  const text = planText(named, { ...plan, properties })
  for (const part of [
    'It serves until 2027-01-15 09:00 UTC, and is paid until then, month by month',
    '2 months left to be invoiced:\nMonth from  Invoiced on  Before tax\n',
    /Last invoice +2027-01-01 00:00 UTC/,
    /Tax +19 % on top/,
    /To resume it until then +the account administrator/,
  ]) {
    expect(text).toMatch(part)
  }
  expect(text).not.toMatch(/Deleted|Data can be read|bring it back|resources/)
  const ended = planText(named, { ...plan, properties: { ...properties, commitments: [] } })
  expect(ended).toContain('Nothing: its term is over')
})

test('a cancelled support plan says how long it serves, then when it ended', () => {
  const term = { endsAt: help.endsAt, renews: false }
  const serving = { ...disabled, suspensions: [], cancelledAt: null, purgeAt: null, term }
  const text = endingText(subscription, serving, '2026-11-15T09:00:00.000Z')
  expect(text).toContain('serves, and is paid, until 2027-01-15 09:00 UTC (in 61 days)')
  const suspensions = [{ reason: 'Expired', effectiveAt: help.endsAt }]
  const ended = { ...serving, offer: 'SupportStandard', state: 'Disabled', suspensions }
  expect(endingText(subscription, ended, null)).toBe(
    'Demo shop (id-1) ended on 2027-01-15 09:00 UTC.',
  )
  expect(showText(subscription, ended, null)).toMatch(/^Ended +2027-01-15 09:00 UTC$/m)
  const renewing = { ...serving, state: 'Enabled', term: { ...term, renews: true } }
  expect(showText(subscription, renewing, null)).toMatch(/^Renews +2027-01-15 09:00 UTC$/m)
})

test('what is overdue, expired or used up names the way on', () => {
  const past = { ...disabled, state: 'PastDue', suspensions: [], cancelledAt: null, purgeAt: null }
  const shown = showText(subscription, past, null)
  expect(shown).toContain('PastDue: an invoice of its billing account is overdue')
  expect(shown).toMatch(/To pay what is overdue +npx reprieve invoice list --billing-account demo/)
  const at = '2026-11-01T09:00:00.000Z'
  const trial = {
    ...past,
    state: 'Disabled',
    offer: 'FreeTrial',
    term: { endsAt: at, renews: false },
  }
  const reached = [{ reason: 'SpendingLimitReached', effectiveAt: at }]
  const credit = { left: '0.00', currency: 'EUR', expiresAt: at }
  const text = showText(subscription, { ...trial, suspensions: reached }, null, credit)
  expect(text).toMatch(/Trial until +2026-11-01 09:00 UTC/)
  expect(text).toMatch(/Credit left +0\.00 EUR, until 2026-11-01 09:00 UTC/)
  expect(text).toMatch(/To go on +npx reprieve subscription upgrade id-1/)
  expect(text).not.toContain('May reactivate')
})
