import { expect, test } from 'vitest'
import { checkLedger, mebibyte, oneAnHour, openStory } from './story.ts'

const january = '2026-01-01T00:00:00Z'

test('a support plan bought on 31 January and cancelled in March is paid for its six months', async () => {
  await using story = await openStory({
    from: '2026-01-31T00:00:00Z',
    support: [['SupportStandard', '2000-01-01T00:00:00Z', '100']],
  })
  const web = await story.buy('Web')
  const help = await story.buy('Help', 'SupportStandard')
  const group = { subscriptionId: help, resourceGroupName: 'g' }
  const asked = story.world.call('ResourceGroups_CreateOrUpdate', group, { location: 'local' })
  expect(await story.world.outcome(asked)).toBe('holdsNoResources')

  await story.advance('2026-03-15T00:00:00Z')
  await story.payAll()
  // A plan of what it serves names it, and does not cancel it.
  const plan = await story.plan(web)
  expect(plan.charges.afterCancel).toBe('commitments')
  expect(plan.commitments).toMatchObject([
    {
      offer: 'SupportStandard',
      renews: true,
      endsAt: '2026-07-31T00:00:00.000Z',
      months: [
        { startsAt: '2026-03-31T00:00:00.000Z', amount: '100.00' },
        { startsAt: '2026-04-30T00:00:00.000Z', amount: '100.00' },
        { startsAt: '2026-05-31T00:00:00.000Z', amount: '100.00' },
        { startsAt: '2026-06-30T00:00:00.000Z', amount: '100.00' },
      ],
    },
  ])
  await story.cancel(web)
  expect(await story.lifecycle(help)).toMatchObject({ state: 'Enabled', term: { renews: true } })

  expect((await story.plan(help)).dates).toMatchObject({
    billingStops: '2026-07-31T00:00:00.000Z',
    finalInvoice: '2026-07-01T00:00:00.000Z',
    purge: null,
  })
  await story.cancel(help)
  await story.cancel(help)
  expect(await story.lifecycle(help)).toMatchObject({
    state: 'Enabled',
    suspensions: [],
    term: { endsAt: '2026-07-31T00:00:00.000Z', renews: false },
  })
  for (const month of ['04', '05', '06', '07']) {
    await story.advance(`2026-${month}-20T00:00:00Z`)
    await story.payAll()
  }
  expect((await story.invoices()).map(({ date, total }) => `${date} ${total}`)).toEqual([
    '2026-02-01 100.00',
    '2026-03-01 100.00',
    '2026-04-01 100.00',
    '2026-05-01 100.00',
    '2026-06-01 100.00',
    '2026-07-01 100.00',
  ])
  expect((await story.lifecycle(help)).state).toBe('Enabled')
  await story.advance('2026-08-01T00:00:00Z')
  expect(await story.lifecycle(help)).toMatchObject({ state: 'Disabled', purgeAt: null })
  expect(await story.world.outcome(story.enable(help))).toBe('termEnded')
  await story.advance('2027-01-01T00:00:00Z')
  expect(await story.invoices()).toHaveLength(6)
  expect(await story.left()).toEqual([])
  expect(await checkLedger(story.world)).toEqual([])
})

test('a support plan that is resumed in its last month renews, and is cancelled again', async () => {
  await using story = await openStory({
    from: january,
    support: [['SupportStandard', '2000-01-01T00:00:00Z', '100']],
  })
  const help = await story.buy('Help', 'SupportStandard')
  await story.cancel(help)
  for (const month of ['02', '03', '04', '05', '06']) {
    await story.advance(`2026-${month}-20T00:00:00Z`)
    await story.payAll()
  }
  await story.enable(help)
  await story.advance('2026-07-10T00:00:00Z')
  expect(await story.lifecycle(help)).toMatchObject({
    state: 'Enabled',
    term: { endsAt: '2027-01-01T00:00:00.000Z', renews: true },
  })
  await story.cancel(help)
  for (const month of ['08', '09', '10', '11', '12']) {
    await story.payAll()
    await story.advance(`2026-${month}-20T00:00:00Z`)
  }
  await story.payAll()
  await story.advance('2027-01-10T00:00:00Z')
  await story.payAll()
  await story.advance('2027-03-01T00:00:00Z')
  expect(await story.invoices()).toHaveLength(12)
  expect(await story.left()).toEqual([])
  expect(await checkLedger(story.world)).toEqual([])
})

test('a free trial that uses up its credit is disabled at that instant, and charged nothing', async () => {
  await using story = await openStory({ from: january })
  const trial = await story.buy('Trial', 'FreeTrial')
  story.world.store(await story.addStore(trial, 'trial1'), mebibyte)
  // 170 euros of credit at 1 an hour: 7 days and 2 hours.
  await story.advance('2026-01-08T01:59:59Z')
  expect((await story.lifecycle(trial)).state).toBe('Enabled')
  await story.advance('2026-01-20T00:00:00Z')
  expect(await story.lifecycle(trial)).toMatchObject({
    state: 'Disabled',
    suspensions: [{ reason: 'SpendingLimitReached', effectiveAt: '2026-01-08T02:00:00.000Z' }],
    purgeAt: '2026-04-08T02:00:00.000Z',
  })
  await story.upgrade(trial)
  await story.upgrade(trial)
  await story.world.runWork()
  expect(await story.lifecycle(trial)).toMatchObject({ state: 'Enabled', offer: 'PayAsYouGo' })
  await story.advance('2026-02-01T00:00:00Z')
  expect(await story.invoices()).toMatchObject([
    {
      lines: [`Trial storage-gb-months at ${oneAnHour}: 458.00`, 'credit -170.00'],
      total: '288.00',
    },
  ])
  await story.cancel(trial)
  await story.payAll()
  await story.advance('2026-08-01T00:00:00Z')
  expect(await story.left()).toEqual([])
  expect(await checkLedger(story.world)).toEqual([])
})

test('a free trial whose days are over expires; an upgrade brings it back', async () => {
  const storage = [['2000-01-01T00:00:00Z', String(Number(oneAnHour) / 10)]] as const
  await using story = await openStory({ from: january, storage })
  const trial = await story.buy('Trial', 'FreeTrial')
  story.world.store(await story.addStore(trial, 'trial1'), mebibyte)
  await story.advance('2026-02-10T00:00:00Z')
  expect(await story.lifecycle(trial)).toMatchObject({
    state: 'Disabled',
    suspensions: [{ reason: 'Expired', effectiveAt: '2026-01-31T00:00:00.000Z' }],
    purgeAt: '2026-05-01T00:00:00.000Z',
  })
  // 720 hours at a tenth: within the credit, so nothing is owed.
  expect(await story.invoices()).toMatchObject([
    { lines: [expect.stringContaining('72.00'), 'credit -72.00'], total: '0.00', status: 'Paid' },
  ])
  await story.upgrade(trial)
  await story.world.runWork()
  expect((await story.lifecycle(trial)).state).toBe('Enabled')
  await story.advance('2026-02-20T00:00:00Z')
  await story.cancel(trial)
  await story.advance('2026-03-01T00:00:00Z')
  // What is left of the credit ended with the trial's days: 10 days at a tenth an hour.
  expect(await story.invoices()).toMatchObject([{}, { total: '24.00' }])
  await story.payAll()
  await story.advance('2026-08-01T00:00:00Z')
  expect(await story.left()).toEqual([])
})

test('a trial that is cancelled expires on its day as well, and is not upgraded by itself', async () => {
  await using story = await openStory({ from: january })
  const trial = await story.buy('Trial', 'FreeTrial')
  await story.advance('2026-01-05T00:00:00Z')
  await story.cancel(trial)
  expect(await story.world.outcome(story.upgrade(trial))).toBe('upgradeCancelled')
  await story.advance('2026-02-10T00:00:00Z')
  const { suspensions, purgeAt } = await story.lifecycle(trial)
  expect(suspensions.map(({ reason }) => reason)).toEqual(['Cancelled', 'Expired'])
  expect(purgeAt).toBe('2026-04-05T00:00:00.000Z')
  await story.advance('2026-08-01T00:00:00Z')
  expect(await story.invoices()).toEqual([])
  expect(await story.left()).toEqual([])
})

test('a trial that reached its limit and its end is charged again from its upgrade on', async () => {
  await using story = await openStory({ from: january })
  const trial = await story.buy('Trial', 'FreeTrial')
  story.world.store(await story.addStore(trial, 'trial1'), mebibyte)
  await story.advance('2026-02-05T00:00:00Z')
  const { suspensions } = await story.lifecycle(trial)
  expect(suspensions.map(({ reason }) => reason)).toEqual(['SpendingLimitReached', 'Expired'])
  await story.upgrade(trial)
  await story.world.runWork()
  await story.advance('2026-03-01T00:00:00Z')
  // 24 days of February, and of January what the credit covered.
  expect((await story.invoices()).map(({ date, total }) => `${date} ${total}`)).toEqual([
    '2026-02-01 0.00',
    '2026-03-01 576.00',
  ])
  // A trial is taken once, upgraded or not.
  expect(await story.world.outcome(story.buy('Again', 'FreeTrial'))).toBe('offerNotAvailable')
})

test('a support plan is cancelled as its plan said, or not at all', async () => {
  await using story = await openStory({
    from: january,
    support: [['SupportStandard', '2000-01-01T00:00:00Z', '100']],
  })
  const subscriptionId = await story.buy('Help', 'SupportStandard')
  const made = await story.world.call('CancelPlans_Create', { subscriptionId })
  const query = { cancelplan: String(made.body['name']) }
  await story.setAccount({ taxRate: '19' })
  const cancel = () => story.world.call('Subscription_Cancel', { subscriptionId }, undefined, query)
  expect(await story.world.outcome(cancel())).toBe('planChanged')
  expect((await story.lifecycle(subscriptionId)).term?.renews).toBe(true)
})
