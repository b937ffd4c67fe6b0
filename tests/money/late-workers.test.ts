import { expect, test } from 'vitest'
import { instant } from '../../server/kernel/instant.ts'
import { handlersOf } from '../../server/wiring.ts'
import type { ClaimedWork } from '../../server/work/work.ts'
import { checkLedger, mebibyte, openStory } from './story.ts'
import type { MoneyWorld } from './world.ts'

/** Time went by and no worker was there: what fell due meanwhile waits, in no order. */
async function sleepUntil({ database }: MoneyWorld, at: string): Promise<void> {
  await database.db
    .updateTable('test_clocks')
    .set({ now_at: Date.parse(at) })
    .execute()
}

/** One of the workers takes up one kind of work before all others. */
async function takeUp({ database, parts }: MoneyWorld, kind: string) {
  const row = await database.db
    .selectFrom('work')
    .selectAll()
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow()
  const { work_id: workId, tenant_id: tenantId, key, clock_key: clockKey } = row
  const subject = row.subject as ClaimedWork['subject']
  const at = { dueAt: row.due_at === null ? null : instant(Number(row.due_at)), hostId: null }
  const claim = { claim: row.claim, version: row.version, attempts: 1 }
  const work: ClaimedWork = { workId, tenantId, kind, key, subject, clockKey, ...at, ...claim }
  return handlersOf(parts)[kind]?.(work)
}

test('an invoice waits until a support plan has renewed, so that no month of it is lost', async () => {
  await using story = await openStory({
    from: '2026-01-15T00:00:00Z',
    support: [['SupportStandard', '2000-01-01T00:00:00Z', '100']],
  })
  await story.buy('Help', 'SupportStandard')
  for (const month of ['03', '04', '05', '06', '07']) {
    await story.advance(`2026-${month}-10T00:00:00Z`)
    await story.payAll()
  }
  await sleepUntil(story.world, '2026-08-02T00:00:00Z')

  expect(await takeUp(story.world, 'invoice')).toMatchObject({ done: false })
  expect(await story.invoices()).toHaveLength(6)
  expect(await takeUp(story.world, 'end-term')).toEqual({ done: true })
  expect(await takeUp(story.world, 'invoice')).toEqual({ done: true })
  expect((await story.invoices()).at(-1)).toMatchObject({
    date: '2026-08-01',
    lines: ['Help support-plan-months at 100: 100.00'],
  })
  expect(await checkLedger(story.world)).toEqual([])
})

test('a cycle that closes late still invoices each period on its usual date', async () => {
  await using story = await openStory({
    from: '2026-01-01T00:00:00Z',
    lastSubscriptionInvoice: 'atClose',
  })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2026-01-11T00:00:00Z')
  await sleepUntil(story.world, '2026-02-11T00:00:00Z')
  await story.cancel(web)
  await sleepUntil(story.world, '2026-02-14T00:00:00Z')

  expect(await takeUp(story.world, 'close-cycle')).toEqual({ done: true })
  expect(await story.invoices()).toMatchObject([
    { date: '2026-02-01', total: '744.00' },
    { date: '2026-02-14', total: '240.00' },
  ])
  expect(await takeUp(story.world, 'invoice')).toEqual({ done: true })
  expect(await story.invoices()).toHaveLength(2)
  expect(await checkLedger(story.world)).toEqual([])
})

test('a cancel that comes before what is invoiced, by a clock set back, takes nothing back', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z' })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2026-02-01T00:00:00Z')
  await sleepUntil(story.world, '2026-01-30T00:00:00Z')
  await story.cancel(web)
  const late = await story.buy('Late')
  await story.advance('2026-03-02T00:00:00Z')

  const { suspensions } = await story.lifecycle(web)
  expect(suspensions).toEqual([{ reason: 'Cancelled', effectiveAt: '2026-02-01T00:00:00.000Z' }])
  const billable = await story.world.database.db
    .selectFrom('billable_intervals')
    .select('opened_at')
    .where('subscription_id', '=', late)
    .executeTakeFirstOrThrow()
  expect(billable.opened_at).toBe(BigInt(Date.parse('2026-02-01T00:00:00Z')))
  expect(await story.invoices()).toMatchObject([{ total: '744.00' }])
})

test('an invoice that is issued late, after an outage, gives its customer his days all the same', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z' })
  const web = await story.buy('Web')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2026-01-02T00:00:00Z')
  await sleepUntil(story.world, '2026-05-09T00:00:00Z')
  await story.world.runWork()

  // Four months in one sweep, each on its date; and nobody is past due for what he never saw.
  expect(await story.invoices()).toHaveLength(4)
  expect((await story.lifecycle(web)).state).toBe('Enabled')
  await story.advance('2026-06-07T23:59:59Z')
  expect((await story.lifecycle(web)).state).toBe('Enabled')
  await story.advance('2026-06-08T00:00:00Z')
  expect((await story.lifecycle(web)).state).toBe('PastDue')
})

test('what a trial used beyond its limit while nobody looked is not charged after its upgrade', async () => {
  await using story = await openStory({ from: '2026-01-01T00:00:00Z' })
  const trial = await story.buy('Trial', 'FreeTrial')
  story.world.store(await story.addStore(trial, 'trial1'), mebibyte)
  await story.advance('2026-01-02T00:00:00Z')
  // The limit of 170 hours went by on 8 January, and no worker came.
  await sleepUntil(story.world, '2026-01-20T00:00:00Z')
  await story.world.runWork()
  await story.upgrade(trial)
  await story.world.runWork()
  await story.advance('2026-01-21T00:00:00Z')
  await story.cancel(trial)
  await story.advance('2026-02-01T00:00:00Z')
  // 480 hours, of which the last 24 came after the upgrade.
  expect(await story.invoices()).toMatchObject([
    {
      lines: [expect.stringContaining('480.00'), 'credit -170.00', 'overLimit -286.00'],
      total: '24.00',
    },
  ])
})
