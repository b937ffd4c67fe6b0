import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { isSignatureGood, type SignedHeads } from '../../api/signed-heads.ts'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { addDays } from '../kernel/instant.ts'
import { createTenant } from '../tenants/create-tenant.ts'
import { claimWork, settleWork } from '../work/work.ts'
import { readEvents } from './read.ts'
import { createEventRecorder, tenantStream } from './record.ts'
import { signHeads } from './sign-heads.job.ts'

const masterKey = new Uint8Array(32).fill(7)
const { privateKey } = generateKeyPairSync('ed25519')
const historyKeyPem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()

test('a day after a tenant was made, the ends of its histories are signed into its own', async () => {
  await using database = await openTestDatabase<Schema>({ migrations })
  const random = testRandom
  const events = createEventRecorder({ masterKey, random })
  const tenantId = random.uuid()
  const stream = { tenantId, stream: 'account/one' }
  await database.transaction(async (tx) => {
    await createTenant(
      tx,
      { tenantId, displayName: 'T', isOperator: false, principalName: 'p', actor: 'system' },
      testInstant,
      { events, random },
    )
    const draft = { type: 'Something', at: testInstant, actor: 'system', data: { n: 1 } }
    await events.record(tx, stream, [draft, draft], testInstant)
  })

  const realNow = addDays(testInstant, 1)
  const claim = { hostId: random.uuid(), leaseUntil: addDays(realNow, 1), limit: 10 }
  expect(await claimWork(database.db, { ...claim, realNow: testInstant })).toEqual([])
  const [work] = await claimWork(database.db, { ...claim, realNow })
  if (work === undefined) throw new Error('nothing was due')
  expect(work).toMatchObject({ kind: 'sign-heads', key: tenantId })
  const clock = { now: () => realNow }
  const outcome = await signHeads(work, { database, events, clock, historyKeyPem })
  await settleWork(database.db, work, outcome, realNow)

  const page = { after: 0, limit: 100 }
  const history = await readEvents(database.db, tenantStream(tenantId), page, masterKey)
  const [last] = await readEvents(database.db, stream, { after: 1, limit: 1 }, masterKey)
  const signed = history.at(-1)?.data as SignedHeads
  expect(history.at(-1)?.type).toBe('HeadsSigned')
  expect(signed.heads).toEqual([{ stream: 'account/one', sequence: 2, hash: last?.hash }])
  expect(isSignatureGood(signed)).toBe(true)
  const [head] = signed.heads
  expect(isSignatureGood({ ...signed, heads: [{ ...head!, sequence: 1 }] })).toBe(false)

  // Nothing has changed: the next day signs nothing anew.
  const again = { ...claim, realNow: addDays(realNow, 1), leaseUntil: addDays(realNow, 2) }
  const [next] = await claimWork(database.db, again)
  if (next === undefined) throw new Error('it does not come every day')
  await signHeads(next, { database, events, clock, historyKeyPem })
  const after = await readEvents(database.db, tenantStream(tenantId), page, masterKey)
  expect(after).toHaveLength(history.length)
})
