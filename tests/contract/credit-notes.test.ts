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

describe('a credit note', () => {
  test('takes back a part of a line with its tax, and never more than the line or what is due', async () => {
    await buySupport(watched.client, 'credited')
    await advanceTo(watched.client, 'credited', '2026-04-01T00:00:00Z')
    const invoice = await firstInvoice('credited')
    const { body } = await ask<Named<Shown>>('GET', invoice, '200')
    const large = body.properties.lines.find(({ cost }) => cost === '93.00')?.number
    const notes = `${invoice}/creditNotes`
    const credit = (amount: unknown, line: unknown = large) => ({
      body: {
        line,
        amount,
        reason: 'Support did not answer.',
        name: JSON.stringify([line, amount]),
      },
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
    for (const wrong of [
      credit('1.001'),
      credit(1),
      credit('1', 0),
      { body: { line: 1 } },
      // Sent again without a name, it would take the same back twice.
      { body: { line: 1, amount: '1', reason: 'nameless' } },
    ]) {
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

  test('is made once, however often a named request is sent', async () => {
    await buySupport(watched.client, 'repeated')
    await advanceTo(watched.client, 'repeated', '2026-04-01T00:00:00Z')
    const invoice = await firstInvoice('repeated')
    const notes = `${invoice}/creditNotes`
    const asked = { line: 1, amount: '5', reason: 'late', name: 'Ticket-7' }
    const first = await ask<Named<Shown>>('POST', notes, '201', { body: asked })
    const again = { body: { ...asked, name: 'ticket-7', amount: '5.00' } }
    const second = await ask<Named<Shown>>('POST', notes, '200', again)
    expect(second.body).toEqual(first.body)
    await ask('POST', notes, '409 Conflict', { body: { ...asked, amount: '6' } })
    await ask('POST', notes, '409 Conflict', { body: { ...asked, line: 2 } })
    await ask('POST', notes, '409 Conflict', { body: { ...asked, reason: 'never' } })
    await ask('POST', notes, '201', { body: { ...asked, name: 'Ticket-8' } })
    const { body } = await ask('GET', invoice, '200')
    expect(body).toMatchObject({ properties: { credited: '12.00' } })
  })

  test('makes an invoice void, the rest of every line taken back, once', async () => {
    await buySupport(watched.client, 'voided')
    await advanceTo(watched.client, 'voided', '2026-04-01T00:00:00Z')
    const invoice = await firstInvoice('voided')
    const part = { body: { line: 1, amount: '10.00', reason: 'first', name: 'first' } }
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
    await ask('POST', `${invoice}/creditNotes`, '200', part)
    const other = { body: { ...part.body, name: 'second' } }
    const again = await ask('POST', `${invoice}/creditNotes`, '409 CreditNoteRefused', other)
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
