import { expect, test } from 'vitest'
import { RequestRefused } from '../../server/pipeline/operation.ts'
import { type MoneyWorld, openMoneyWorld } from './world.ts'
import { openStory } from './story.ts'

async function refusalOf(asked: Promise<unknown>) {
  try {
    await asked
  } catch (error) {
    if (error instanceof RequestRefused) return error.refusal
    throw error
  }
  throw new Error('nothing was refused')
}

function makeAccount(world: MoneyWorld, name: string, properties: object) {
  const params = { billingAccountName: name }
  return world.call('BillingAccounts_CreateOrUpdate', params, { properties })
}

function putPrices(world: MoneyWorld, unitPrices: { readonly [currency: string]: string }) {
  const price = { offer: 'PayAsYouGo', meter: 'vcpu-hours', effectiveFrom: '2100-01-01T00:00:00Z' }
  const body = { properties: { prices: [{ ...price, unitPrices }] } }
  return world.call('PriceLists_CreateOrUpdate', { priceListName: 'gold' }, body)
}

test('no account is made in a currency without any price, until its list or the default has one', async () => {
  const world = await openMoneyWorld()
  try {
    // As with an operator's own file of prices, which says nothing of dinars and yen.
    await world.database.db
      .deleteFrom('prices')
      .where('currency', 'in', ['KWD', 'JPY', 'USD'])
      .execute()
    await putPrices(world, { EUR: '1' })
    const dinars = { currency: 'KWD', priceList: 'gold' }
    const refused = { name: 'currencyNotPriced', facts: { currency: 'KWD' } }
    expect(await refusalOf(makeAccount(world, 'own', dinars))).toMatchObject({
      ...refused,
      facts: { currency: 'KWD', priceLists: ['gold', 'default'] },
    })
    expect(await refusalOf(makeAccount(world, 'usual', { currency: 'KWD' }))).toMatchObject({
      ...refused,
      facts: { priceLists: ['default'] },
    })
    expect(await refusalOf(makeAccount(world, 'silent', {}))).toMatchObject({
      name: 'currencyNotPriced',
      facts: { currency: 'USD' },
    })
    await putPrices(world, { KWD: '0.4' })
    expect(await makeAccount(world, 'own', dinars)).toMatchObject({ status: 201 })
    expect(await makeAccount(world, 'euros', { currency: 'EUR' })).toMatchObject({ status: 201 })
    expect(await makeAccount(world, 'euros', { country: 'KW' })).toMatchObject({ status: 200 })
    expect(await world.outcome(makeAccount(world, 'yen', { ...dinars, currency: 'JPY' }))).toBe(
      'currencyNotPriced',
    )
  } finally {
    await world.close()
  }
  expect(world.faults).toEqual([])
})

test('the history of an account names nobody and nothing, though all of it is sent back', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z' })
  const { world } = story
  const params = { billingAccountName: 'payer' }
  const named = { displayName: 'Nina', address: ['1 Nina Street'], taxId: 'NINA', invoiceDay: 5 }
  await makeAccount(world, 'payer', named)
  const { body } = await world.call('BillingAccounts_Get', params)
  expect((await world.call('BillingAccounts_CreateOrUpdate', params, body)).status).toBe(200)
  const events = await world.call('Events_ListByBillingAccount', params)
  const { value } = events.body as { value: readonly { type: string; data: object }[] }
  const whole = {
    currency: 'EUR',
    language: 'en',
    country: 'US',
    agreementType: 'MicrosoftOnlineServicesProgram',
    invoiceDay: 5,
    taxRate: '0',
    lastSubscriptionInvoice: 'usualDate',
  }
  expect(value.map(({ data }) => data)).toEqual([{ currency: 'EUR' }, { invoiceDay: 5 }, whole])
})
