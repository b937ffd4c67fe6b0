import { beforeAll, describe, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { World } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)
const clocks = '/providers/Reprieve.Lifecycle/testClocks'
const accounts = '/providers/Reprieve.Lifecycle/billingAccounts'
const at = (now: string) => ({ body: { properties: { now } } })

let stranger = { tenantId: '', clientId: '', clientSecret: '', objectId: '' }
beforeAll(async () => {
  stranger = await new World(watched.client).tenant('Clockless')
})

describe('a test clock', () => {
  test('is made once, moves forward when told to, and never back', async () => {
    await ask('PUT', `${clocks}/one`, '201', at('2026-03-01T00:00:00Z'))
    await ask('PUT', `${clocks}/ONE`, '200', at('2026-03-01T00:00:00Z'))
    const other = at('2026-04-01T00:00:00Z')
    await ask('PUT', `${clocks}/one`, '409 PropertyChangeNotAllowed', other)
    const accepted = await ask('POST', `${clocks}/one/advance`, '202', { body: { by: 'P1D' } })
    const { headers } = accepted
    await ask('GET', headers['azure-asyncoperation'] ?? '', '200')
    expect((await watched.client.follow(accepted)).status).toBe(200)
    const { body } = await ask('GET', `${clocks}/one`, '200')
    expect(body).toMatchObject({ properties: { now: '2026-03-02T00:00:00.000Z', status: 'Ready' } })
    const status = await ask('GET', headers['azure-asyncoperation'] ?? '', '200')
    expect(status.body).toMatchObject({ status: 'Succeeded', percentComplete: 100 })
    await ask('GET', headers['azure-asyncoperation'] ?? '', '404 NotFound', { as: stranger })
    await ask('GET', headers['location'] ?? '', '404 NotFound', { as: stranger })

    const back = { body: { to: '2026-02-01T00:00:00Z' } }
    await ask('POST', `${clocks}/one/advance`, '409 TestClockCannotGoBack', back)
    for (const wrong of [{}, { by: 'tomorrow' }, { to: 'P1D' }, { to: '2027-01-01', by: 'P1D' }]) {
      const sent = { body: wrong }
      await ask('POST', `${clocks}/one/advance`, '400 InvalidRequestContent', sent)
    }
    await ask('POST', `${clocks}/nothing/advance`, '404 NotFound', { body: { by: 'P1D' } })
    const listed = await ask<{ value: { name: string }[] }>('GET', clocks, '200')
    expect(listed.body.value.map(({ name }) => name)).toContain('one')
  })

  test('has a name, and a time that is one', async () => {
    await ask('PUT', `${clocks}/bad%20name`, '400 InvalidResourceName', at('2026-03-01T00:00:00Z'))
    for (const now of ['', 'now', '2026-13-01T00:00:00Z', '2026-03-01']) {
      await ask('PUT', `${clocks}/two`, '400 InvalidRequestContent', at(now))
    }
    const listed = await ask<{ value: { name: string }[] }>('GET', clocks, '200')
    expect(listed.body.value.map(({ name }) => name)).not.toContain('two')
  })

  test('is taken away only when no billing account lives by it', async () => {
    await ask('PUT', `${clocks}/used`, '201', at('2026-03-01T00:00:00Z'))
    const lives = { body: { properties: { testClock: 'used' } } }
    await ask('PUT', `${accounts}/user`, '201', lives)
    await ask('DELETE', `${clocks}/used`, '409 TestClockInUse')
    await ask('PUT', `${clocks}/free`, '201', at('2026-03-01T00:00:00Z'))
    await ask('DELETE', `${clocks}/free`, '200')
    await ask('DELETE', `${clocks}/free`, '204')
    await ask('GET', `${clocks}/used`, '404 NotFound', { as: stranger })
    await ask('DELETE', `${clocks}/used`, '204', { as: stranger })
    const { body } = await ask('GET', `${clocks}/used`, '200')
    expect(body).toMatchObject({ properties: { status: 'Ready' } })
  })
})

describe('a billing account', () => {
  test('is made, changed where it may change, and listed', async () => {
    const asked = { displayName: 'Firm', currency: 'EUR', language: 'fr', country: 'FR' }
    await ask('PUT', `${accounts}/firm`, '201', { body: { properties: asked } })
    const renamed = { body: { properties: { displayName: 'Firme', invoiceDay: 31 } } }
    const { body } = await ask('PUT', `${accounts}/firm`, '200', renamed)
    expect(body).toMatchObject({ properties: { ...asked, displayName: 'Firme', invoiceDay: 31 } })
    await ask('GET', `${accounts}/firm`, '200')
    await ask('GET', accounts, '200')
    const events = await ask<{ value: unknown[] }>('GET', `${accounts}/firm/events`, '200')
    expect(events.body.value).toHaveLength(2)
    await ask('GET', '/providers/Reprieve.Lifecycle/events', '200')
    await ask('GET', `${accounts}/firm/events`, '400 InvalidParameter', { query: { $top: '0' } })
  })

  test('keeps its currency, agreement and clock, and takes no wrong value', async () => {
    const put = (expected: string, properties: object) =>
      ask('PUT', `${accounts}/fixed`, expected, { body: { properties } })
    await put('201', { currency: 'EUR' })
    await put('409 PropertyChangeNotAllowed', { currency: 'USD' })
    await put('409 PropertyChangeNotAllowed', { agreementType: 'EnterpriseAgreement' })
    await put('400 TestClockNotFound', { testClock: 'nothing' })
    for (const wrong of [
      { currency: 'euro' },
      { language: 'de' },
      { country: 'FRA' },
      { invoiceDay: 32 },
      { invoiceDay: 0 },
      { invoiceDay: 1.5 },
      { agreementType: 'Handshake' },
      { displayName: '' },
    ]) {
      await put('400 InvalidRequestContent', wrong)
    }
    const wrongName = { body: { properties: {} } }
    await ask('PUT', `${accounts}/no%2Fname`, '400 InvalidResourceName', wrongName)
    const { body } = await ask('GET', `${accounts}/fixed`, '200')
    expect(body).toMatchObject({ properties: { currency: 'EUR', invoiceDay: 1, language: 'en' } })
  })

  test('is nothing to another tenant', async () => {
    await ask('GET', `${accounts}/default`, '200')
    const seen = await ask<{ value: { id: string }[] }>('GET', accounts, '200', { as: stranger })
    expect(seen.body.value).toEqual([])
    await ask('GET', `${accounts}/default`, '404 NotFound', { as: stranger })
  })
})

testTraffic(watched)
