import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WholeInvoice } from '../../cli/invoice/invoice.ts'
import { runLine } from '../../cli/surroundings-fixture.ts'
import { start, type TestServer } from '../../testing/index.ts'
import { type Reprieve, reprieveFor } from './process-fixture.ts'

let server: TestServer
let folder: string
let reprieve: Reprieve

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-money-'))
  server = await start()
  reprieve = reprieveFor(server, folder)
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** In this process, which is quicker; nothing here has to be waited for but a clock. */
function run(line: readonly string[]) {
  if (line[1] === 'advance') return reprieve.run(line)
  return runLine(line, { folder, environment: { REPRIEVE_DATA: server.dataFolder } })
}

async function json<Result>(...line: readonly string[]): Promise<Result> {
  return JSON.parse(await told(...line, '--output', 'json')) as Result
}

/** The output of a line that must succeed. */
async function told(...line: readonly string[]): Promise<string> {
  const { code, output, errors } = await run(line)
  expect({ code, errors }).toEqual({ code: 0, errors: '' })
  return output
}

/** The errors of a line that must be refused with an exit code, without a result. */
async function refused(code: 1 | 2, ...line: readonly string[]): Promise<string> {
  const ended = await run(line)
  expect(ended).toMatchObject({ code, output: '' })
  return ended.errors
}

const scope = ['--billing-scope', '/providers/Microsoft.Billing/billingAccounts/payer']

test('a billing account is made once, changed by what is named, and shown', async () => {
  await told('clock', 'create', 'payer', '--now', '2026-01-31T10:00:00Z')
  const create = 'billing-account create payer --test-clock payer --currency EUR --country DE'
  const address = ['--address', '12 Harbour Street', '28195 Bremen']
  const made = await told(...create.split(' '), '--tax-rate', '19', ...address)
  expect(made).toMatch(/^Address +12 Harbour Street, 28195 Bremen, DE$/m)
  expect(await refused(1, ...create.split(' '))).toContain('nothing was changed')
  const set = ['billing-account', 'set', 'payer']
  expect(await refused(2, ...set)).toContain('Say what is to change')
  expect(await refused(2, ...set, '--invoice-day', '32')).toContain('1 to 31')
  expect(await refused(1, ...set, '--tax-rate', '101')).toContain('properties.taxRate')
  const nobody = 'billing-account set nobody --language fr'.split(' ')
  expect(await refused(1, ...nobody)).toContain('NotFound')
  const changed = await told(...set, '--tax-id', 'DE 1', '--last-subscription-invoice', 'atClose')
  expect(changed).toMatch(/^Tax +19 %, tax id DE 1$/m)
  expect(changed).toMatch(/within 72 hours \(atClose\)$/m)
  await told(...set, '--tax-id', '', '--last-subscription-invoice', 'usualDate')
  const shown = await json<{ properties: object }>('billing-account', 'show', 'payer')
  expect(shown.properties).toMatchObject({
    currency: 'EUR',
    taxId: null,
    taxRate: '19',
    lastSubscriptionInvoice: 'usualDate',
    address: ['12 Harbour Street', '28195 Bremen'],
  })
  const listed = await told('billing-account', 'list')
  expect(listed).toMatch(/^payer +payer +EUR +1 +clock payer +-$/m)
  expect(listed).not.toContain('nobody')
})

test('a seller is said once, and what is not named stays', async () => {
  expect(await refused(2, 'seller', 'set')).toContain('Say what is to change')
  expect(await refused(2, 'seller', 'set', '--name', 'Example Cloud')).toContain('--country')
  await told('seller', 'set', '--name', 'Example Cloud', '--country', 'FR', '--tax-id', 'FR 2')
  const set = await told('seller', 'set', '--address', '1 rue', 'Paris')
  expect(set).toBe(await told('seller', 'show'))
  expect(set).toMatch(/Example Cloud\nAddress +1 rue, Paris\nCountry +FR\nTax id +FR 2\n/)
})

test('a support plan says what it commits to; its cancel ends the renewal and nothing else', async () => {
  const bought = await told(
    'subscription',
    'create',
    'Help',
    '--offer',
    'SupportStandard',
    ...scope,
  )
  expect(bought).toContain('It is paid month by month until 2026-07-31 10:00 UTC')
  // Bought on the 31st: short months end sooner.
  const months = bought.match(/^2026-.*93\.00 EUR$/gm)?.map((line) => line.slice(0, 10))
  expect(months).toEqual([
    '2026-01-31',
    '2026-02-28',
    '2026-03-31',
    '2026-04-30',
    '2026-05-31',
    '2026-06-30',
  ])
  await told('subscription', 'create', 'Web', ...scope)
  const plan = await told('subscription', 'plan', 'Web')
  expect(plan).toMatch(/What goes on, .*\nHelp \(\S+\): SupportStandard, serves until 2026-07-31/)
  const cancelled = await run(['subscription', 'cancel', 'Help', '--yes'])
  expect(cancelled).toMatchObject({ code: 0 })
  expect(cancelled.errors).toContain('6 months left to be invoiced:')
  expect(cancelled.output).toContain('does not renew. It serves, and is paid, until 2026-07-31')
  expect(await told('subscription', 'show', 'Help')).toMatch(
    /Enabled\n[^]*Serves until +2026-07-31/,
  )
  expect(await told('subscription', 'plan', 'Web')).toContain('10:00 UTC, then ends\n')
  const back = await told('subscription', 'reactivate', 'Help')
  expect(back).toContain('renews on 2026-07-31 10:00 UTC')
  expect(await told('subscription', 'list')).toMatch(/Help +\S+ +Enabled +SupportStandard$/m)
})

test('a trial shows its credit, and is upgraded once', async () => {
  await told('subscription', 'create', 'Trial', '--offer', 'FreeTrial', ...scope)
  const shown = await told('subscription', 'show', 'Trial')
  expect(shown).toMatch(/Trial until +2026-03-02/)
  expect(shown).toMatch(/Credit left +170\.00 EUR, until 2026-03-02 10:00 UTC/)
  expect(await told('subscription', 'list')).toMatch(/Trial +\S+ +Enabled +FreeTrial$/m)
  expect(await told('subscription', 'upgrade', 'Trial')).toContain('is PayAsYouGo and Enabled')
  expect(await told('subscription', 'show', 'Trial')).not.toContain('Trial until')
  expect(await refused(1, 'subscription', 'upgrade', 'Help')).toContain('OfferNotUpgradable')
})

test('an invoice is listed, shown, downloaded and paid; twice is once', async () => {
  expect(await told('invoice', 'list')).toBe(
    'No invoices yet: each is issued when its period ends.\n',
  )
  await told('clock', 'advance', 'payer', '--to', '2026-03-10T00:00:00Z')
  const past = await told('subscription', 'show', 'Web')
  expect(past).toMatch(/^State +PastDue: an invoice of its billing account is overdue$/m)
  expect(past).toContain('npx reprieve invoice list --billing-account payer')
  expect(await told('billing-account', 'list')).toMatch(/^payer .* overdue since 2026-03-03$/m)
  await told('clock', 'advance', 'payer', '--to', '2026-04-06T00:00:00Z')
  const listed = await told('invoice', 'list')
  expect(listed).toMatch(/^TIN00000003 .* 110\.67 EUR +110\.67 EUR +Due +2026-05-01$/m)
  expect(listed).toMatch(/^TIN00000001 .* 110\.67 EUR +110\.67 EUR +OverDue +2026-03-03$/m)
  expect(await told('subscription', 'show', 'Web')).toMatch(/^State +Disabled: Unpaid since/m)

  const shown = await told('invoice', 'show', 'TIN00000001')
  expect(shown).toMatch(/1 +Help +- +support-plan-months +1 month +93 +93\.00$/m)
  expect(shown).toMatch(/Tax \(19 %\) +17\.67\n +Total +110\.67\n/)
  const file = join(folder, 'first.pdf')
  await told('invoice', 'download', 'TIN00000001', '--to', file)
  expect(readFileSync(file).subarray(-6).toString().trim()).toBe('%%EOF')
  const nowhere = ['invoice', 'download', 'TIN00000001', '--to', join(folder, 'no', 'a.pdf')]
  expect(await refused(1, ...nowhere)).toContain('Name another with --to')
  expect(await refused(2, 'invoice', 'download')).toContain('--billing-account')
  expect(await refused(1, 'invoice', 'show', 'TIN00000009')).toContain('npx reprieve invoice list')

  const part = 'invoice pay TIN00000001 --amount 10.67 --name cheque'.split(' ')
  expect(await told(...part)).toContain('Recorded: 10.67 EUR for TIN00000001 (cheque)')
  expect(await told(...part)).toContain('Recorded before: 10.67 EUR')
  const more = ['invoice', 'pay', 'TIN00000001', '--amount', '100.01']
  expect(await refused(1, ...more)).toMatch(/Only 100\.00 EUR is due/)
  const paid = await told('invoice', 'pay', 'TIN00000001')
  expect(paid).toContain('100.00 EUR for TIN00000001 (payment-2). Still to pay: 0.00 EUR')
  expect(await told('invoice', 'pay', 'TIN00000001')).toContain('is paid already')
})

test('a line is credited, an invoice voided, and neither is paid then', async () => {
  const credit = 'invoice credit TIN00000002 --reason Late --amount 3.00'.split(' ')
  expect(await refused(2, ...credit)).toContain('--line 1')
  expect(await refused(2, ...credit, '--line', 'x')).toContain('the number of a line')
  const credited = await told(...credit, '--line', '1')
  expect(credited).toBe('TCR00000001: -3.57 EUR, tax included, for TIN00000002.\n')
  const repeated = await told(...credit, '--line', '1')
  expect(repeated).toContain('TCR00000001: -3.57 EUR')
  expect(repeated).toContain('made before; another one like it takes another --name')
  const sameName = [...credit, '--line', '2', '--name', 'line-1-3.00']
  expect(await refused(1, ...sameName)).toContain("named 'line-1-3.00'")
  expect(await refused(2, 'invoice', 'void', 'TIN00000002')).toContain('--reason')
  const voided = await told('invoice', 'void', 'TIN00000002', '--reason', 'Never served')
  expect(voided).toContain('taken back by TCR00000001, TCR00000002')
  expect(await refused(1, 'invoice', 'pay', 'TIN00000002')).toContain('nothing is owed on it')
  expect(await refused(1, 'invoice', 'pay', 'TCR00000001')).toContain(
    'a credit note for TIN00000002',
  )
  const invoice = await json<WholeInvoice>('invoice', 'show', 'TIN00000002')
  expect(invoice.properties).toMatchObject({
    status: 'Void',
    credited: '110.67',
    amountDue: '0.00',
  })
  // What was unpaid is paid or taken back: its suspension is lifted, by nobody's hand.
  await told('clock', 'advance', 'payer', '--by', 'PT1S')
  const web = await told('subscription', 'show', 'Web')
  expect(web).toMatch(/^State +Enabled$/m)
})

test('costs are told by day, resource and meter, of this period and the last', async () => {
  const last = await told('cost', 'Help', '--last', '--by', 'meter')
  expect(last).toMatch(/Period +2026-03-01 00:00 UTC to 2026-04-01/)
  expect(last).toMatch(/In all +93\.00 EUR before tax\n/)
  expect(last).toMatch(/^support-plan-months +93\.00$/m)
  const days = await told('cost', 'Help', '--last')
  expect(days).toMatch(/^2026-03-31 +93\.0000$/m)
  expect(await told('cost', 'Help')).toMatch(/At its end, as it runs now +93\.00 EUR/)
  expect(await refused(2, 'cost', 'Help', '--by', 'month')).toContain('day, resource, meter')
  expect(await told('cost', 'Trial')).toContain('none: it was good until 2026-03-02 10:00 UTC')
})
