import { expect, test } from 'vitest'
import { mebibyte, oneAnHour, openStory } from './story.ts'

test('a price that rises during a trial brings the end of its credit forward, to the minute', async () => {
  await using story = await openStory({ from: '2026-12-01T00:00:00Z' })
  const trial = await story.buy('Trial', 'FreeTrial')
  story.world.store(await story.addStore(trial, 'trial1'), mebibyte)
  await story.advance('2026-12-02T00:00:00Z')
  // From 48 hours on it is ten times as much: of 170, the last 122 are gone in 12.2 hours.
  const entry = {
    offer: 'PayAsYouGo',
    meter: 'storage-gb-months',
    effectiveFrom: '2026-12-03T00:00:00Z',
    unitPrices: { EUR: String(Number(oneAnHour) * 10) },
  }
  await story.world.call(
    'PriceLists_CreateOrUpdate',
    { priceListName: 'story' },
    { properties: { prices: [entry] } },
  )
  await story.advance('2026-12-20T00:00:00Z')
  expect(await story.lifecycle(trial)).toMatchObject({
    suspensions: [{ reason: 'SpendingLimitReached', effectiveAt: '2026-12-03T12:12:00.000Z' }],
  })
})
