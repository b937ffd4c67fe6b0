import { expect, test } from 'vitest'
import { type Story, mebibyte, openStory } from './story.ts'

const january = '2026-01-01T00:00:00Z'

async function lastCosts({ world }: Story, subscriptionId: string) {
  const { body } = await world.call('Costs_Get', { subscriptionId }, undefined, { period: 'last' })
  return body['properties']
}

test('the costs of an invoiced period say what its invoice took off, the credit used up by it', async () => {
  await using story = await openStory({ from: january })
  const trial = await story.buy('Trial', 'FreeTrial')
  story.world.store(await story.addStore(trial, 'trial1'), mebibyte)
  await story.advance('2026-01-20T00:00:00Z')
  await story.upgrade(trial)
  await story.world.runWork()
  await story.advance('2026-02-10T00:00:00Z')
  const [invoice] = await story.invoices()
  expect(invoice).toMatchObject({ subTotal: '288.00' })
  expect(await lastCosts(story, trial)).toMatchObject({
    charged: '458.00',
    takenOff: '170.00',
    credit: { left: '0.00' },
  })
})

test('an upgrade changes nothing of what was taken off before it, and more than is left', async () => {
  await using story = await openStory({ from: '2026-01-28T00:00:00Z' })
  const trial = await story.buy('Trial', 'FreeTrial')
  story.world.store(await story.addStore(trial, 'trial2'), mebibyte)
  await story.advance('2026-02-02T00:00:00Z')
  // 96 hours in January: more than the 74 of 170 that are left after its invoice.
  const used = { charged: '96.00', takenOff: '96.00' }
  expect(await lastCosts(story, trial)).toMatchObject({ ...used, credit: { left: '50.00' } })
  await story.upgrade(trial)
  await story.world.runWork()
  expect(await lastCosts(story, trial)).toMatchObject(used)
})
