import { expect, test } from 'vitest'
import { testTraffic, useWatchedServer } from './watched-server.ts'

const watched = useWatchedServer()
const accounts = '/providers/Reprieve.Lifecycle/billingAccounts'
const aliases = '/providers/Microsoft.Subscription/aliases'

/** The statuses of eight equal requests that are under way at the same time. */
async function eightTimes(path: string, properties: object): Promise<number[]> {
  const requests = Array.from({ length: 8 }, () =>
    watched.client.request('PUT', path, { body: { properties } }),
  )
  return (await Promise.all(requests)).map(({ status }) => status).sort((a, b) => a - b)
}
const once = [200, 200, 200, 200, 200, 200, 200, 201]

test('a new name that many ask for at once is made once, and the others find it', async () => {
  expect(await eightTimes(`${accounts}/rush`, { currency: 'EUR' })).toEqual(once)
  const billingScope = '/providers/Microsoft.Billing/billingAccounts/rush'
  const asked = { displayName: 'Rush', billingScope }
  expect(await eightTimes(`${aliases}/rush`, asked)).toEqual(once)
  const listed = await watched.client.request<{ value: { displayName: string }[] }>(
    'GET',
    '/subscriptions',
    { query: { 'api-version': '2022-12-01' } },
  )
  expect(listed.body.value.filter(({ displayName }) => displayName === 'Rush')).toHaveLength(1)
  const history = await watched.client.request<{ value: { type: string }[] }>(
    'GET',
    `${accounts}/rush/events`,
  )
  const made = history.body.value.filter(({ type }) => type === 'BillingAccountCreated')
  expect(made).toHaveLength(1)
})

testTraffic(watched)
