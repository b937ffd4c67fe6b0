import { expect, test } from 'vitest'
import { readBillingAccount } from '../billing-accounts/store.ts'
import { migrations } from '../database/migrations/all.ts'
import type { Schema, Tags } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { createEventRecorder } from '../events/record.ts'
import { offers } from '../offers/offer.ts'
import { fillWorld, people, tenantA } from '../resources/world-fixture.ts'
import { createSubscription } from './create.ts'

test('a subscription is made with no tags that it could not be given later', async () => {
  await using database = await openTestDatabase<Schema>({ migrations })
  const random = testRandom
  const events = createEventRecorder({ masterKey: random.bytes(32), random })
  const account = await database.transaction(async (tx) => {
    await fillWorld(tx, testInstant, events)
    return (await readBillingAccount(tx, tenantA, 'first'))!
  })
  const make = (tags: Tags) =>
    database.transaction((tx) => {
      const who = { accountAdministrator: people.owner, createdBy: people.owner }
      const terms = { tenantId: tenantA, account, offer: offers.PayAsYouGo, workload: 'Production' }
      const subscription = { ...who, ...terms, displayName: 'New', tags }
      return createSubscription(tx, subscription, testInstant, { events, random })
    })
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`tag ${n}`, 'value']))
  await expect(make(many)).rejects.toThrow()
  await expect(make({ long: 'x'.repeat(257) })).rejects.toThrow()
  await expect(make({ '<': 'x' })).rejects.toThrow()
  const query = database.db.selectFrom('subscriptions').select('tags')
  const made = await make({ team: 'blue' })
  const row = await query.where('subscription_id', '=', made).executeTakeFirst()
  expect(row?.tags).toEqual({ team: 'blue' })
})
