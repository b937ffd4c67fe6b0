import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { mebibyte, openStory } from '../money/story.ts'
import { moneyContradictions } from './money-contradictions.ts'

const day = 86_400_000

/** For each contradiction, what makes it hold in an account that is in order. */
const damages: { readonly [what: string]: string } = {
  'a document that does not add up': 'update document_lines set cost = cost + 1',
  'a number that is missing, or was given twice':
    'update document_series set last_number = last_number + 1',
  'a time that is invoiced twice': `update documents set period_from = period_from - ${day}
    where name = 'TIN00000002'`,
  'a time that is invoiced and not over': `update billing_accounts
    set billed_until = billed_until - ${day}`,
  'a payment that does not count, or counts twice': `delete from payments`,
  'an account that is past due for nothing, or not for something':
    'update billing_accounts set overdue_since = 1',
  'a charge that nobody will invoice': `delete from work where kind = 'invoice'`,
  'an invoice that is not paid and nobody asks for': `delete from work where kind = 'invoice-due'`,
  'a term whose end nobody sees to': `delete from work where kind = 'end-term'`,
  'a subscription that is not suspended as its account is unpaid':
    'update billing_accounts set unpaid_since = 1',
  'a credit that is not on its invoices': 'update credits set used = used + 1',
}

class Undone extends Error {}

test('each contradiction is found where it is, and none in an account that is in order', async () => {
  await using story = await openStory({
    from: '2026-01-01T00:00:00Z',
    support: [['SupportStandard', '2000-01-01T00:00:00Z', '100']],
  })
  const web = await story.buy('Web')
  await story.buy('Trial', 'FreeTrial')
  await story.buy('Help', 'SupportStandard')
  story.world.store(await story.addStore(web, 'web1'), mebibyte)
  await story.advance('2026-02-02T00:00:00Z')
  await story.payAll()
  await story.advance('2026-03-02T00:00:00Z')
  expect(Object.keys(damages)).toEqual(Object.keys(moneyContradictions))

  const { database } = story.world
  for (const [what, query] of Object.entries(moneyContradictions)) {
    expect((await sql.raw(query).execute(database.db)).rows, what).toEqual([])
    const found = database.transaction(async (tx) => {
      await sql.raw(damages[what] ?? '').execute(tx)
      expect((await sql.raw(query).execute(tx)).rows.length, what).toBeGreaterThan(0)
      throw new Undone()
    })
    await expect(found).rejects.toBeInstanceOf(Undone)
  }
})
