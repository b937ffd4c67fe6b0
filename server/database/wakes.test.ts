import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requires } from '../../tests/requirements.ts'
import { Fault } from '../kernel/assert.ts'
import { type TestDatabase, openTestDatabase } from './testing/test-database.ts'

let database: TestDatabase<{ notes: { text: string } }>

beforeAll(async () => {
  const notes = { name: '0001-notes', sql: 'create table notes (text text)' }
  database = await openTestDatabase({ migrations: [notes] })
})
afterAll(() => database.close())

test('a listener is called after the commit, once, and only for its channel', async () => {
  const heard: string[] = []
  const stopWork = database.onWake('work', () => heard.push('work'))
  const stopOther = database.onWake('other', () => heard.push('other'))
  await database.transaction(async (tx) => {
    database.wake(tx, 'work')
    database.wake(tx, 'work')
    await sql`select 1`.execute(tx)
    heard.push('still inside')
  })
  await database.ping()
  expect(heard).toEqual(['still inside', 'work'])
  stopWork()
  await database.transaction(async (tx) => database.wake(tx, 'work'))
  await database.ping()
  expect(heard).toEqual(['still inside', 'work'])
  stopOther()
})

test('what is rolled back wakes nobody', async () => {
  const heard: string[] = []
  const stop = database.onWake('work', () => heard.push('work'))
  const failing = database.transaction(async (tx) => {
    database.wake(tx, 'work')
    await sql`select 1 / 0`.execute(tx)
  })
  await expect(failing).rejects.toThrow()
  await database.ping()
  expect(heard).toEqual([])
  stop()
})

test('a listener is in no transaction, also when one woke it', async () => {
  const woken = new Promise<unknown>((resolve) => {
    database.onWake('free', () => {
      resolve(database.ping().then(() => 'answered'))
    })
  })
  let inTransaction: Promise<unknown> | undefined
  await database.transaction(async (tx) => {
    database.wake(tx, 'free')
    inTransaction = database.ping().catch((error: unknown) => error)
  })
  expect(await inTransaction).toBeInstanceOf(Fault)
  expect(await woken).toBe('answered')
})

test('a listener that throws disturbs no other', async () => {
  const heard: string[] = []
  database.onWake('noisy', () => {
    throw new Error('out of order')
  })
  database.onWake('noisy', () => heard.push('second'))
  await database.transaction(async (tx) => database.wake(tx, 'noisy'))
  await database.ping()
  expect(heard).toEqual(['second'])
  expect(database.logged).toContainEqual({
    event: 'wakeListenerFailed',
    facts: { channel: 'noisy', error: 'out of order' },
  })
})

test('a wake needs the handle of a transaction of ours', () => {
  expect(() => database.wake({} as never, 'work')).toThrow(Fault)
})

test('a wake reaches the other nodes, and its own node once', requires('postgresql'), async () => {
  const other = await database.openAnother()
  try {
    const heard: string[] = []
    database.onWake('far', () => heard.push('here'))
    const reached = new Promise<void>((resolve) => {
      other.onWake('far', () => {
        heard.push('there')
        resolve()
      })
    })
    await database.transaction(async (tx) => database.wake(tx, 'far'))
    await reached
    // An answer that comes back the same way shows that nothing of ours is still on it.
    const answered = new Promise<void>((resolve) => database.onWake('back', resolve))
    await other.transaction(async (tx) => other.wake(tx, 'back'))
    await answered
    expect(heard).toEqual(['here', 'there'])
  } finally {
    await other.close()
  }
})
