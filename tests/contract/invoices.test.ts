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
    const invoice = await ask('GET', path.replace('INV', 'inv'), '200')
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
    await ask('PUT', first.replace('INV', 'INX'), '404 NotFound', pay('5'))
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

describe('a credit note', () => {
  test('takes back a part of a line with its tax, and never more than the line or what is due', async () => {
    await buySupport(watched.client, 'credited')
    await advanceTo(watched.client, 'credited', '2026-04-01T00:00:00Z')
    const invoice = await firstInvoice('credited')
    const { body } = await ask<Named<Shown>>('GET', invoice, '200')
    const large = body.properties.lines.find(({ cost }) => cost === '93.00')?.number
    const notes = `${invoice}/creditNotes`
    const credit = (amount: unknown, line: unknown = large) => ({
      body: { line, amount, reason: 'Support did not answer.' },
    })
    const note = await ask<Named<Shown>>('POST', notes, '201', credit('50.00'))
    expect(note.body.properties).toMatchObject({
      documentType: 'CreditNote',
      status: null,
      creditFor: body.name,
      reason: 'Support did not answer.',
      subTotal: '-50.00',
      tax: '-10.00',
      total: '-60.00',
      amountDue: '0.00',
    })
    const shown = await ask<Named<Shown>>(
      'GET',
      `${invoicesOf('credited')}/${note.body.name}`,
      '200',
    )
    expect(shown.body.properties.lines).toMatchObject([{ number: large, cost: '-50.00' }])
    await ask('GET', `${invoicesOf('credited')}/${note.body.name}/pdf`, '200')
    const now = await ask<Named<Shown>>('GET', invoice, '200')
    expect(now.body.properties).toMatchObject({
      total: '144.00',
      credited: '60.00',
      amountDue: '84.00',
      creditNotes: [note.body.name],
    })

    const refused = async (sent: object, why: string, path = notes) => {
      const answer = await ask('POST', path, '409 CreditNoteRefused', sent)
      expect(messageOf(answer)).toContain(why)
    }
    await refused(credit('43.01'), '43.00 EUR')
    await refused(credit('1', 3), '0.00 EUR')
    await refused(credit('0'), 'more than zero')
    const ofNote = `${invoicesOf('credited')}/${note.body.name}/creditNotes`
    await refused(credit('1'), 'a credit note itself', ofNote)
    for (const wrong of [credit('1.001'), credit(1), credit('1', 0), { body: { line: 1 } }]) {
      await ask('POST', notes, '400 InvalidRequestContent', wrong)
    }
    const payment = { body: { properties: { amount: '83.90' } } }
    await ask('PUT', `${invoice}/payments/nearly`, '201', payment)
    await refused(credit('1'), '0.10 EUR')
    await ask('POST', notes, '404 NotFound', { ...credit('1'), as: stranger })
    await ask('POST', notes.replace('/credited/', '/nothing/'), '404 NotFound', credit('1'))
    const void_ = { body: { reason: 'wrong' } }
    await refused(void_, '0.10 EUR', `${invoice}/void`)
  })

  test('makes an invoice void, the rest of every line taken back, once', async () => {
    await buySupport(watched.client, 'voided')
    await advanceTo(watched.client, 'voided', '2026-04-01T00:00:00Z')
    const invoice = await firstInvoice('voided')
    const part = { body: { line: 1, amount: '10.00', reason: 'first' } }
    await ask('POST', `${invoice}/creditNotes`, '201', part)
    const reason = { body: { reason: 'Sent to the wrong customer.' } }
    const done = await ask<Named<Shown>>('POST', `${invoice}/void`, '200', reason)
    expect(done.body.properties).toMatchObject({
      status: 'Void',
      credited: '144.00',
      amountDue: '0.00',
    })
    await ask('POST', `${invoice}/void`, '200', reason)
    const { body } = await ask<Named<Shown>>('GET', invoice, '200')
    expect(body.properties.creditNotes).toHaveLength(2)
    const last = `${invoicesOf('voided')}/${body.properties.creditNotes[1]}`
    const note = await ask<Named<Shown>>('GET', last, '200')
    expect(note.body.properties).toMatchObject({ subTotal: '-110.00', tax: '-22.00' })
    const costs = note.body.properties.lines.map(({ cost }) => Number(cost))
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(-110)
    await ask('GET', `${last}/pdf`, '200')
    const pay = { body: { properties: { amount: '1' } } }
    const unpaid = await ask('PUT', `${invoice}/payments/late`, '409 PaymentRefused', pay)
    expect(messageOf(unpaid)).toContain('is void')
    const paidNote = await ask('PUT', `${last}/payments/late`, '409 PaymentRefused', pay)
    expect(messageOf(paidNote)).toContain('credit note')
    const again = await ask('POST', `${invoice}/creditNotes`, '409 CreditNoteRefused', part)
    expect(messageOf(again)).toContain('void already')
    await ask('POST', `${last}/void`, '409 CreditNoteRefused', reason)
    await ask('POST', `${invoice}/void`, '400 InvalidRequestContent', { body: { reason: '' } })
    await ask('POST', `${invoice}/void`, '404 NotFound', { ...reason, as: stranger })
  })
})

test('a tenant says who sells, and issued invoices keep who sold', async () => {
  const seller = '/providers/Reprieve.Lifecycle/sellers/default'
  const bare = await ask('GET', seller, '200', { as: stranger })
  expect(bare.body).toMatchObject({ properties: { name: 'Penniless', address: [], taxId: null } })
  const first = { name: 'Cloud House', address: ['1 Rue X', 'Paris'], country: 'FR', taxId: 'FR1' }
  await ask('PUT', seller, '200', { body: { properties: first } })
  await buySupport(watched.client, 'sold')
  await advanceTo(watched.client, 'sold', '2026-04-01T00:00:00Z')
  await ask('PUT', seller, '200', { body: { properties: { name: 'Other', country: 'DE' } } })
  const again = await ask('GET', seller, '200')
  expect(again.body).toMatchObject({ properties: { name: 'Other', address: [], taxId: null } })
  await ask('PUT', seller, '200', { body: again.body })
  const { body } = await ask('GET', await firstInvoice('sold'), '200')
  expect(body).toMatchObject({ properties: { seller: first, buyer: { name: 'sold' } } })
  for (const wrong of [
    {},
    { name: '' },
    { name: 'A', country: 'FRA' },
    { ...first, address: 'x' },
  ]) {
    await ask('PUT', seller, '400 InvalidRequestContent', { body: { properties: wrong } })
  }
  expect((await ask('GET', seller, '200', { as: stranger })).body).toEqual(bare.body)
  await ask('GET', seller, '401 AuthenticationFailed', { as: 'nobody' })
})

testTraffic(watched)
