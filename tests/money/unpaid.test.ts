import { expect, test } from 'vitest'
import { checkLedger, mebibyte, openStory } from './story.ts'

test('unpaid, paid, unpaid: past due, then suspended; a payment lifts exactly that', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z' })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  const state = async () => (await story.lifecycle(web)).state

  await story.advance('2026-03-02T23:59:59Z')
  expect(await state()).toBe('Enabled')
  // January's invoice is due 30 days after 1 February.
  await story.advance('2026-03-03T00:00:00Z')
  expect(await state()).toBe('PastDue')
  expect(await story.invoices()).toMatchObject([{ status: 'OverDue' }, { status: 'Due' }])
  await story.advance('2026-04-02T00:00:00Z')
  expect(await story.lifecycle(web)).toMatchObject({
    state: 'Disabled',
    suspensions: [{ reason: 'Unpaid', effectiveAt: '2026-04-02T00:00:00.000Z' }],
  })
  expect(await story.world.outcome(story.buy('Another'))).toBe('accountUnpaid')

  // Enabling is not paying; and one of two overdue invoices is not enough.
  await story.enable(web)
  await story.pay('TIN00000001', 'first', '744.00')
  await story.world.runWork()
  expect(await state()).toBe('Disabled')
  await story.pay('TIN00000002', 'second', '600.00')
  await story.world.runWork()
  expect(await state()).toBe('Disabled')
  await story.pay('TIN00000002', 'rest', '72.00')
  await story.world.runWork()
  expect(await state()).toBe('Enabled')
  // March, and the first of April, are still to be paid.
  await story.advance('2026-05-31T00:00:00Z')
  expect((await story.lifecycle(web)).suspensions.map(({ reason }) => reason)).toEqual(['Unpaid'])

  await story.cancel(web)
  await story.payAll()
  expect((await story.lifecycle(web)).suspensions.map(({ reason }) => reason)).toEqual([
    'Cancelled',
  ])
  await story.advance('2026-06-01T00:00:00Z')
  expect((await story.invoices()).map(({ date, total }) => `${date} ${total}`)).toEqual([
    '2026-02-01 744.00',
    '2026-03-01 672.00',
    '2026-04-01 744.00',
    // All of April but the suspended time, which was seconds.
    '2026-05-01 720.00',
    '2026-06-01 720.00',
  ])
  await story.payAll()
  await story.advance('2026-12-01T00:00:00Z')
  expect(await story.left()).toEqual([])
  expect(await checkLedger(story.world)).toEqual([])
})

test('a payment that cannot be right is refused and changes nothing', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z' })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2026-01-02T00:00:00Z')
  await story.cancel(web)
  await story.advance('2026-02-01T00:00:00Z')
  expect(await story.pay('TIN00000001', 'a', '24.01')).toBe('MoreThanDue')
  expect(await story.pay('TIN00000001', 'a', '-1')).toBe('NotPositive')
  expect(await story.pay('TIN00000001', 'a', '0')).toBe('NotPositive')
  expect(await story.pay('TIN00000001', 'a', '1', { currency: 'USD' })).toBe('WrongCurrency')
  expect(await story.invoices()).toMatchObject([{ status: 'Due' }])
  expect(await story.pay('TIN00000001', 'a', '20')).toBe('recorded')
  expect(await story.pay('TIN00000001', 'a', '20')).toBe('repeated')
  expect(await story.pay('TIN00000001', 'a', '4')).toBe('OtherAmount')
  expect(await story.pay('TIN00000001', 'b', '4')).toBe('recorded')
  expect(await story.pay('TIN00000001', 'c', '1')).toBe('AlreadyPaid')
  expect(await story.invoices()).toMatchObject([{ status: 'Paid' }])
})
