import { expect, test } from 'vitest'
import { type Story, checkLedger, mebibyte, oneAnHour, openStory } from './story.ts'

/** Nothing is left to bill and no job is left, and what was billed adds up. */
async function expectDone(story: Story): Promise<void> {
  expect(await story.left()).toEqual([])
  expect(await checkLedger(story.world)).toEqual([])
}

test('a cancel in the middle of a period: used up to the instant, invoiced on the usual date', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z', taxRate: '19' })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), 3n * mebibyte)
  await story.advance('2026-01-11T00:00:00Z')

  const plan = await story.plan(web)
  expect(plan.finalBill).toMatchObject({ subTotal: '720.00', tax: '136.80', total: '856.80' })
  expect(plan.charges).toEqual({ afterCancel: 'none', retention: 'free' })
  expect(plan.dates).toMatchObject({
    billingStops: '2026-01-11T00:00:00.000Z',
    finalInvoice: '2026-02-01T00:00:00.000Z',
  })
  await story.cancel(web)
  await story.advance('2026-02-01T00:00:00Z')
  expect(await story.invoices()).toEqual([
    {
      name: 'TIN00000001',
      date: '2026-02-01',
      // 10 days of 24 hours at 3 an hour.
      lines: [`Web storage-gb-months at ${oneAnHour}: 720.00`],
      subTotal: '720.00',
      tax: '136.80',
      total: '856.80',
      status: 'Due',
    },
  ])
  await story.payAll()
  // Retention is free: months of it bring no line.
  await story.advance('2026-05-01T00:00:00Z')
  expect(await story.invoices()).toMatchObject([{ status: 'Paid' }])
  expect((await story.lifecycle(web)).state).toBe('Deleted')
  await expectDone(story)
})

test('a cancel on the last second of a period is charged to that second', async () => {
  const storage = [['2000-01-01T00:00:00Z', String(Number(oneAnHour) * 3600)]] as const
  await using story = await openStory({ from: '2026-01-01T00:00:00Z', storage })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2026-01-31T23:59:59Z')
  await story.cancel(web)
  await story.advance('2026-03-01T00:00:00Z')
  // 31 days of 86,400 seconds but one, at 1 a second.
  expect(await story.invoices()).toMatchObject([{ date: '2026-02-01', total: '2678399.00' }])
  await story.payAll()
  await story.advance('2026-06-01T00:00:00Z')
  await expectDone(story)
})

test('a cancel and a reactivation in one period leave out just the time between', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z' })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2026-01-11T00:00:00Z')
  await story.cancel(web)
  await story.advance('2026-01-21T00:00:00Z')
  await story.enable(web)
  await story.world.runWork()
  await story.advance('2026-02-01T00:00:00Z')
  // 10 days, then 11: 504 hours, on one line.
  const line = `Web storage-gb-months at ${oneAnHour}: 504.00`
  expect(await story.invoices()).toMatchObject([{ lines: [line], total: '504.00' }])
  await story.cancel(web)
  await story.payAll()
  await story.advance('2026-06-01T00:00:00Z')
  expect(await story.invoices()).toHaveLength(1)
  await expectDone(story)
})

test('what is stored later is charged from then on, and not a second twice', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z' })
  const web = await story.buy('Web')
  const store = await story.addStore(web, 'web1')
  story.world.store(store, mebibyte)
  await story.advance('2026-01-02T00:00:00Z')
  story.world.store(store, 3n * mebibyte)
  await story.advance('2026-01-03T00:00:00Z')
  story.world.store(store, 0n)
  await story.advance('2026-01-04T00:00:00Z')
  await story.cancel(web)
  await story.advance('2026-02-01T00:00:00Z')
  // A day at 1, a day at 3, and one at nothing.
  expect(await story.invoices()).toMatchObject([{ total: '96.00' }])
  await story.payAll()
  await story.advance('2026-06-01T00:00:00Z')
  await expectDone(story)
})

test.each([
  ['usualDate', '2026-02-01T00:00:00.000Z', '2026-02-01'],
  ['atClose', '2026-01-13T00:00:00.000Z', '2026-01-13'],
] as const)(
  'two subscriptions on one account, the last cancelled: %s',
  async (policy, at, date) => {
    await using story = await openStory({
      from: '2026-01-01T00:00:00Z',
      lastSubscriptionInvoice: policy,
    })
    const [one, two] = [await story.buy('One'), await story.buy('Two')]
    story.world.store(await story.addStore(one, 'one1'), mebibyte)
    story.world.store(await story.addStore(two, 'two1'), mebibyte)
    await story.advance('2026-01-05T00:00:00Z')
    // It is not the last one: the usual date, whatever the policy.
    expect((await story.plan(one)).dates['finalInvoice']).toBe('2026-02-01T00:00:00.000Z')
    await story.cancel(one)
    await story.advance('2026-01-10T00:00:00Z')
    expect((await story.plan(two)).dates['finalInvoice']).toBe(at)
    await story.cancel(two)
    await story.advance('2026-01-20T00:00:00Z')
    const issued = async () =>
      (await story.invoices()).map((invoice) => `${invoice.date} ${invoice.total}`)
    // 96 hours of the one and 216 of the other; on the usual date there is nothing yet.
    expect(await issued()).toEqual(policy === 'atClose' ? [`${date} 312.00`] : [])
    // What comes back is charged from then on; after a close that is a new cycle.
    await story.enable(two)
    await story.world.runWork()
    await story.advance('2026-02-01T00:00:00Z')
    expect(await issued()).toEqual(
      policy === 'atClose' ? [`${date} 312.00`, '2026-02-01 288.00'] : [`${date} 600.00`],
    )
    expect((await story.invoices())[0]?.lines.toSorted()).toEqual([
      `One storage-gb-months at ${oneAnHour}: 96.00`,
      `Two storage-gb-months at ${oneAnHour}: ${policy === 'atClose' ? 216 : 504}.00`,
    ])
    await story.cancel(two)
    await story.payAll()
    await story.advance('2026-08-01T00:00:00Z')
    await expectDone(story)
  },
)

test('an account in yen has no decimals: each line is rounded once, the tax once more', async () => {
  await using story = await openStory({
    from: '2026-01-01T00:00:00Z',
    currency: 'JPY',
    taxRate: '10',
  })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte / 2n)
  await story.advance('2026-01-01T05:00:00Z')
  await story.cancel(web)
  await story.advance('2026-02-01T00:00:00Z')
  // 2.5 yen: 3. Its tax of 0.3 yen: 0.
  expect(await story.invoices()).toMatchObject([
    { lines: [`Web storage-gb-months at ${oneAnHour}: 3`], subTotal: '3', tax: '0', total: '3' },
  ])
  await story.payAll()
  await story.advance('2026-06-01T00:00:00Z')
  await expectDone(story)
})

test('the invoice day 31 falls on the leap day, and on the 31st again', async () => {
  await using story = await openStory({ from: '2028-01-31T00:00:00Z', invoiceDay: 31 })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2028-03-31T00:00:00Z')
  expect(await story.invoices()).toMatchObject([
    { date: '2028-02-29', total: '696.00' },
    { date: '2028-03-31', total: '744.00' },
  ])
  await story.cancel(web)
  await story.payAll()
  await story.advance('2028-08-01T00:00:00Z')
  expect(await story.invoices()).toHaveLength(2)
  await expectDone(story)
})

test('a price that changes in the middle of a period makes two lines', async () => {
  const dearer = String(2 * Number(oneAnHour))
  await using story = await openStory({
    from: '2026-01-01T00:00:00Z',
    storage: [
      ['2000-01-01T00:00:00Z', oneAnHour],
      ['2026-01-16T00:00:00Z', dearer],
    ],
  })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2026-01-21T00:00:00Z')
  await story.cancel(web)
  await story.advance('2026-02-01T00:00:00Z')
  expect(await story.invoices()).toMatchObject([
    {
      lines: [
        `Web storage-gb-months at ${oneAnHour}: 360.00`,
        `Web storage-gb-months at ${dearer}: 240.00`,
      ],
      total: '600.00',
    },
  ])
  await story.payAll()
  await story.advance('2026-06-01T00:00:00Z')
  await expectDone(story)
})

test('another invoice day never ends the running period in the past, nor puts its end off', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z' })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2026-01-20T00:00:00Z')
  await story.setAccount({ invoiceDay: 5 })
  await story.world.runWork()
  expect(await story.invoices()).toEqual([])
  await story.advance('2026-03-10T00:00:00Z')
  expect((await story.invoices()).map(({ date, total }) => `${date} ${total}`)).toEqual([
    '2026-02-01 744.00',
    '2026-02-05 96.00',
    '2026-03-05 672.00',
  ])
})
