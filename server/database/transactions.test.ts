import { type Transaction, sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Fault } from '../kernel/assert.ts'
import { refuseInsideTransaction } from './transaction-scope.ts'
import { type TestDatabase, openTestDatabase, testEngine } from './testing/test-database.ts'
import { requires } from '../../tests/requirements.ts'

type Schema = { counters: { name: string; value: number } }

const migrations = [
  {
    name: '0001-counters',
    sql: `
      create table counters (name text primary key, value int4 not null);
      create table targets (value int4 primary key);
      create table deferred (value int4 references targets deferrable initially deferred);
    `,
  },
]

let database: TestDatabase<Schema>

beforeAll(async () => {
  database = await openTestDatabase({
    migrations,
    transactionLimitMs: 60,
    transactionAbandonMs: 300,
  })
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.deleteFrom('counters').execute()
})

async function names(): Promise<string[]> {
  const rows = await database.db.selectFrom('counters').select('name').orderBy('name').execute()
  return rows.map(({ name }) => name)
}

/** Resolves once the condition holds, looking again after each turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

function caught(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )
}

test('all of a transaction is kept, or nothing', async () => {
  const insert = { name: 'kept', value: 1 }
  const answer = await database.transaction(async (tx) => {
    await tx.insertInto('counters').values(insert).execute()
    return 'answer'
  })
  expect(answer).toBe('answer')
  const failed = database.transaction(async (tx) => {
    await tx.insertInto('counters').values({ name: 'lost', value: 1 }).execute()
    throw new Error('changed my mind')
  })
  await expect(failed).rejects.toThrow('changed my mind')
  expect(await names()).toEqual(['kept'])
})

test('transactions begun at once come one after the other, none lost', async () => {
  await database.db.insertInto('counters').values({ name: 'sum', value: 0 }).execute()
  const add = (): Promise<void> =>
    database.transaction(async (tx) => {
      const row = await tx
        .selectFrom('counters')
        .selectAll()
        .where('name', '=', 'sum')
        .forUpdate()
        .executeTakeFirstOrThrow()
      await tx
        .updateTable('counters')
        .set({ value: row.value + 1 })
        .execute()
    })
  await Promise.all(Array.from({ length: 20 }, add))
  expect(await database.db.selectFrom('counters').select('value').execute()).toEqual([
    { value: 20 },
  ])
})

test('the main handle inside a transaction fails at once instead of waiting for ever', async () => {
  const slip = database.transaction(async (tx) => {
    await tx.insertInto('counters').values({ name: 'slip', value: 1 }).execute()
    await database.db.selectFrom('counters').selectAll().execute()
  }, 'the slip')
  const error = await caught(slip)
  expect(error).toBeInstanceOf(Fault)
  expect(String(error)).toContain('main handle was used inside the transaction "the slip"')
  expect(await names()).toEqual([])
})

test('a transaction inside a transaction, and ping and close there, fail at once', async () => {
  const inside = [
    () => database.transaction(async () => {}, 'inner'),
    () => database.ping(),
    () => database.db.transaction().execute(async () => {}),
    () => database.close(),
  ]
  for (const use of inside) {
    await expect(database.transaction(async () => use())).rejects.toThrow(Fault)
  }
  await database.ping()
})

test('whatever else waits can refuse to be used inside a transaction', async () => {
  const download = async (): Promise<void> => refuseInsideTransaction('a blob was read')
  await download()
  await expect(database.transaction(download, 'mixed')).rejects.toThrow(
    'a blob was read inside the transaction "mixed"',
  )
  // What a transaction leaves running is free once it has ended.
  let later: Promise<void> | undefined
  let go: () => void = () => {}
  await database.transaction(async () => {
    later = new Promise<void>((resolve) => {
      go = resolve
    }).then(download)
  })
  go()
  await later
})

test('a transaction is begun through transaction() only', async () => {
  await expect(database.db.transaction().execute(async () => {})).rejects.toThrow(
    'past transaction()',
  )
  await database.ping()
})

test('a failed statement whose error is passed over does not count as a success', async () => {
  const hidden = database.transaction(async (tx) => {
    await tx.insertInto('counters').values({ name: 'a', value: 1 }).execute()
    await sql`select 1 / 0`.execute(tx).catch(() => {})
  })
  await expect(hidden).rejects.toThrow(/failed and its error was passed over/)
  expect(await names()).toEqual([])
})

test('a constraint that is checked at the commit refuses it', async () => {
  const refused = await caught(
    database.transaction((tx) => sql`insert into deferred values (1)`.execute(tx)),
  )
  expect(refused).toMatchObject({ code: '23503', name: 'error' })
  await database.ping()
})

test('statements that are sent at once in a transaction keep their order', async () => {
  await database.transaction(async (tx) => {
    const insert = (name: string): Promise<unknown> =>
      tx.insertInto('counters').values({ name, value: 1 }).execute()
    await Promise.all([insert('a'), insert('b'), insert('c')])
  })
  expect(await names()).toEqual(['a', 'b', 'c'])
})

test('a savepoint can be rolled back alone', async () => {
  await database.transaction(async (tx) => {
    await tx.insertInto('counters').values({ name: 'outer', value: 1 }).execute()
    await sql`savepoint "inner"`.execute(tx)
    await tx.insertInto('counters').values({ name: 'inner', value: 1 }).execute()
    await sql`rollback to "inner"`.execute(tx)
  })
  expect(await names()).toEqual(['outer'])
})

test('a handle that outlives its transaction answers nothing', async () => {
  const leaked = await database.transaction(async (tx) => () => sql`select 1`.execute(tx))
  await expect(leaked()).rejects.toThrow(/already committed/)
})

test('a transaction that stays open is logged with its label, and rolled back in the end', async () => {
  let go: () => void = () => {}
  const isLogged = (): boolean =>
    database.logged.some(({ event, facts }) => {
      return event === 'transactionOpenTooLong' && 'label' in facts && facts.label === 'slow'
    })
  await database.transaction(async (tx) => {
    await tx.insertInto('counters').values({ name: 'slow', value: 1 }).execute()
    await until(isLogged)
  }, 'slow')
  const stuck = database.transaction(async (tx) => {
    await tx.insertInto('counters').values({ name: 'stuck', value: 1 }).execute()
    await new Promise<void>((resolve) => {
      go = resolve
    })
  }, 'stuck')
  await expect(stuck).rejects.toThrow(/"stuck" was rolled back: open for \d+ ms/)
  go()
  expect(await names()).toEqual(['slow'])
})

test('work without limits is left to end', async () => {
  const startedAt = performance.now()
  await database.transaction(
    async (tx) => {
      await until(() => performance.now() - startedAt > 350)
      await tx.insertInto('counters').values({ name: 'patient', value: 1 }).execute()
    },
    'patient',
    'none',
  )
  expect(await names()).toEqual(['patient'])
})

test(
  'work that lost against another transaction is done again',
  requires('postgresql'),
  async () => {
    expect(testEngine).toBe('postgres')
    await using patient = await openTestDatabase<Schema>({ migrations })
    const both = ['a', 'b'].map((name) => ({ name, value: 0 }))
    await patient.db.insertInto('counters').values(both).execute()
    let attempts = 0
    const waiting = new Map<string, () => void>()
    const add = (tx: Transaction<Schema>, name: string): Promise<unknown> =>
      tx
        .updateTable('counters')
        .set((set) => ({ value: set('value', '+', 1) }))
        .where('name', '=', name)
        .execute()
    // Each locks its first row and waits until the other has as well: a certain deadlock.
    const cross = (first: string, second: string): Promise<void> =>
      patient.transaction(async (tx) => {
        attempts += 1
        await add(tx, first)
        await new Promise<void>((resolve) => {
          waiting.set(first, resolve)
          if (waiting.size === 2) for (const go of waiting.values()) go()
        })
        await add(tx, second)
      }, 'cross')
    await Promise.all([cross('a', 'b'), cross('b', 'a')])
    expect(attempts).toBe(3)
    const rows = await patient.db.selectFrom('counters').select('value').execute()
    expect(rows).toEqual([{ value: 2 }, { value: 2 }])
    expect(patient.logged).toContainEqual({
      event: 'transactionTriedAgain',
      facts: { label: 'cross', tries: 1, sqlState: '40P01' },
    })
  },
)
