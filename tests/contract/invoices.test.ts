import { beforeAll, describe, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { accounts, advanceTo, buySupport } from './money-fixture.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { type Person, World, messageOf } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)

type Named<Properties> = { readonly name: string; readonly properties: Properties }
type Listed = {
  readonly value: readonly Named<Shown>[]
  readonly nextLink: string | null
}
type Shown = {
  readonly status: string | null
  readonly total: string
  readonly amountDue: string
  readonly creditNotes: readonly string[]
  readonly lines: readonly { readonly number: number; readonly cost: string }[]
}

let stranger: Person
beforeAll(async () => {
  stranger = await new World(watched.client).tenant('Penniless')
})

const invoicesOf = (account: string) => `${accounts}/${account}/invoices`

/** The account's only invoice so far. */
async function firstInvoice(account: string): Promise<string> {
  const { body } = await ask<Listed>('GET', invoicesOf(account), '200')
  return `${invoicesOf(account)}/${body.value[0]?.name}`
}

test('what a period comes to is shown while it runs, and is what the invoice then says', async () => {
  await buySupport(watched.client, 'drafted')
  const draft = await ask('GET', `${accounts}/drafted/draftInvoice`, '200')
  const amounts = { lineCount: 2, charged: '120.00', credit: '0.00', subTotal: '120.00' }
  expect(draft.body).toMatchObject({
    properties: {
      currency: 'EUR',
      period: { from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' },
      projected: { ...amounts, tax: '24.00', total: '144.00' },
    },
  })
  await advanceTo(watched.client, 'drafted', '2026-03-15T00:00:00Z')
  const later = await ask('GET', `${accounts}/drafted/draftInvoice`, '200')
  expect(later.body).toMatchObject({
    properties: { soFar: { ...amounts, tax: '24.00', total: '144.00' } },
  })
  await advanceTo(watched.client, 'drafted', '2026-04-01T00:00:00Z')
  const invoice = await ask('GET', await firstInvoice('drafted'), '200')
  expect(invoice.body).toMatchObject({
    properties: { subTotal: '120.00', tax: '24.00', total: '144.00', test: true },
  })
  // Of many subscriptions each page says what its own come to.
  type Draft = { nextLink: string; properties: { subscriptions: object[]; soFar: unknown } }
  const first = await ask<Draft>('GET', `${accounts}/drafted/draftInvoice`, '200', {
    query: { $top: '1' },
  })
  expect(first.body.properties).toMatchObject({ soFar: null, subscriptions: [{}] })
  const second = await ask<Draft>('GET', first.body.nextLink, '200')
  expect(second.body.properties.subscriptions).toHaveLength(1)
  expect(second.body.nextLink).toBeNull()
  const wrong = { query: { $skiptoken: Buffer.from('["x"]').toString('base64url') } }
  await ask('GET', `${accounts}/drafted/draftInvoice`, '400 InvalidParameter', wrong)
  await ask('GET', `${accounts}/nothing/draftInvoice`, '404 NotFound')
  await ask('GET', `${accounts}/drafted/draftInvoice`, '404 NotFound', { as: stranger })
})

describe('an issued invoice', () => {
  test('is listed with the newest first, page by page, and read with its lines', async () => {
    const { plan, other } = await buySupport(watched.client, 'read')
    await advanceTo(watched.client, 'read', '2026-06-01T00:00:00Z')
    const { body } = await ask<Listed>('GET', invoicesOf('read'), '200')
    const names = body.value.map(({ name }) => name)
    expect(names).toHaveLength(3)
    expect(names).toEqual(names.toSorted().toReversed())
    const paged = []
    let link: string | null = `${invoicesOf('read')}?$top=2&api-version=2026-11-01`
    while (link !== null) {
      const page: { body: Listed } = await ask<Listed>('GET', link, '200')
      paged.push(...page.body.value.map(({ name }) => name))
      link = page.body.nextLink
    }
    expect(paged).toEqual(names)

    const path = `${invoicesOf('read')}/${names.at(-1)}`
    const invoice = await ask('GET', path.replace('TIN', 'tin'), '200')
    const line = {
      kind: 'support',
      meter: 'support-plan-months',
      quantity: '1',
      unit: 'month',
      measured: { amount: '1', perUnit: '1' },
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-04-01T00:00:00.000Z',
    }
    expect(invoice.body).toMatchObject({
      properties: {
        documentType: 'Invoice',
        status: 'OverDue',
        issuedAt: '2026-04-01T00:00:00.000Z',
        dueAt: '2026-05-01T00:00:00.000Z',
        currency: 'EUR',
        amountDue: '144.00',
        payments: [],
        creditNotes: [],
        linesLink: null,
        lines: expect.arrayContaining([
          expect.objectContaining({ ...line, subscriptionId: plan, cost: '93.00' }) as object,
          expect.objectContaining({ ...line, subscriptionId: other, cost: '27.00' }) as object,
        ]) as object,
      },
    })
    type Lines = { value: { number: number }[]; nextLink: string }
    const first = await ask<Lines>('GET', `${path}/lines`, '200', { query: { $top: '1' } })
    const second = await ask<Lines>('GET', first.body.nextLink, '200')
    expect([...first.body.value, ...second.body.value].map(({ number }) => number)).toEqual([1, 2])
    expect(second.body.nextLink).toBeNull()
  })

  test('is had as a PDF, the same bytes each time', async () => {
    await buySupport(watched.client, 'printed')
    await advanceTo(watched.client, 'printed', '2026-04-01T00:00:00Z')
    const path = `${await firstInvoice('printed')}/pdf`
    const pdf = await ask<string>('GET', path, '200')
    expect(pdf.headers['content-type']).toBe('application/pdf')
    expect(Number(pdf.headers['content-length'])).toBeGreaterThan(1_000)
    const again = await ask('GET', path, '200')
    expect(again.headers['content-length']).toBe(pdf.headers['content-length'])
  })

  test('is there for nobody outside, nor under another account', async () => {
    await buySupport(watched.client, 'private')
    await advanceTo(watched.client, 'private', '2026-04-01T00:00:00Z')
    const path = await firstInvoice('private')
    for (const rest of ['', '/lines', '/pdf']) {
      await ask('GET', `${path}${rest}`, '404 NotFound', { as: stranger })
      await ask('GET', path.replace('/private/', '/read/') + rest, '404 NotFound')
    }
    await ask('GET', invoicesOf('private'), '404 NotFound', { as: stranger })
    await ask('GET', invoicesOf('nothing'), '404 NotFound')
    await ask('GET', invoicesOf('private'), '400 InvalidParameter', { query: { $top: '0' } })
    const wrong = { query: { $skiptoken: Buffer.from('["x"]').toString('base64url') } }
    await ask('GET', invoicesOf('private'), '400 InvalidParameter', wrong)
    await ask('GET', `${path}/lines`, '400 InvalidParameter', wrong)
    const refused = await ask('GET', `${path}/lines`, '400 InvalidParameter', {
      query: { $top: 'x' },
    })
    expect(messageOf(refused)).toContain('$top')
  })
})

describe('a payment', () => {
  const pay = (amount: unknown, currency?: string) => ({
    body: { properties: { amount, ...(currency === undefined ? {} : { currency }) } },
  })

  test('is recorded once by its name, and what is paid is shown', async () => {
    await buySupport(watched.client, 'paying')
    await advanceTo(watched.client, 'paying', '2026-04-01T00:00:00Z')
    const invoice = await firstInvoice('paying')
    const first = `${invoice}/payments/first`
    await ask('GET', first, '404 NotFound')
    const made = await ask('PUT', first, '201', pay('100.80', 'EUR'))
    expect(made.body).toMatchObject({
      name: 'first',
      properties: { amount: '100.80', currency: 'EUR', receivedAt: '2026-04-01T00:00:00.000Z' },
    })
    await ask('PUT', `${invoice}/payments/FIRST`, '200', pay('100.8'))
    await ask('PUT', first, '200', { body: (await ask('GET', first, '200')).body })
    const half = await ask('GET', invoice, '200')
    expect(half.body).toMatchObject({
      properties: { status: 'Due', paid: '100.80', amountDue: '43.20', payments: [{}] },
    })
    await ask('PUT', `${invoice}/payments/rest`, '201', pay('43.20'))
    const whole = await ask('GET', invoice, '200')
    expect(whole.body).toMatchObject({ properties: { status: 'Paid', amountDue: '0.00' } })
    const after = await ask('PUT', `${invoice}/payments/more`, '409 PaymentRefused', pay('1'))
    expect(messageOf(after)).toContain('is paid already')
    const history = await ask<{ value: { type: string }[] }>(
      'GET',
      `${accounts}/paying/events`,
      '200',
    )
    const payments = history.body.value.filter(({ type }) => type === 'PaymentRecorded')
    expect(payments).toHaveLength(2)
  })

  test('of a wrong amount, currency or name changes nothing and says why', async () => {
    await buySupport(watched.client, 'mispaid')
    await advanceTo(watched.client, 'mispaid', '2026-04-01T00:00:00Z')
    const invoice = await firstInvoice('mispaid')
    const first = `${invoice}/payments/first`
    const refused = async (sent: object, why: string, path = first) => {
      expect(messageOf(await ask('PUT', path, '409 PaymentRefused', sent))).toContain(why)
    }
    await refused(pay('144.01'), '144.00 EUR')
    await refused(pay('0'), 'more than zero')
    await refused(pay('-5'), 'more than zero')
    await refused(pay('5', 'USD'), 'EUR')
    await refused(pay('5', 'XYZ'), 'EUR')
    for (const amount of ['', 'much', '1e3', '1.234', ' 1', '01', '+1', '1,50']) {
      const wrong = await ask('PUT', first, '400 InvalidRequestContent', pay(amount))
      expect(messageOf(wrong)).toContain('2 decimals')
    }
    await ask('PUT', first, '400 InvalidRequestContent', pay(12))
    await ask('PUT', `${invoice}/payments/-x`, '400 InvalidResourceName', pay('5'))
    await ask('PUT', first.replace('TIN', 'TIX'), '404 NotFound', pay('5'))
    await ask('PUT', first.replace('/mispaid/', '/nothing/'), '404 NotFound', pay('5'))
    await ask('PUT', first.replace('/mispaid/', '/paying/'), '404 NotFound', pay('5'))
    await ask('PUT', first, '404 NotFound', { ...pay('5'), as: stranger })
    expect((await ask('GET', invoice, '200')).body).toMatchObject({
      properties: { status: 'Due', paid: '0.00', payments: [] },
    })
    await ask('PUT', first, '201', pay('5'))
    await refused(pay('6'), '5.00 EUR')
  })
})

testTraffic(watched)
