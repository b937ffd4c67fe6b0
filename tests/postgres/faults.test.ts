import { sql } from 'kysely'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  CommitUnknown,
  type Database,
  DatabaseUnavailable,
  StartRefused,
} from '../../server/database/connection.ts'
import { type PostgresSettings, openPostgres } from '../../server/database/postgres.ts'
import { testRandom } from '../../server/database/testing/test-database.ts'
import { requires } from '../requirements.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

type Schema = { rows: { number: number } }

describe('a PostgreSQL server that fails', requires('postgresql'), () => {
  let cluster: Cluster
  let proxy: FaultProxy
  let database: Database<Schema>
  const logged: string[] = []

  const open = (settings: Partial<PostgresSettings> = {}): Promise<Database<Schema>> =>
    openPostgres<Schema>({
      url: cluster.url,
      random: testRandom,
      log: (event) => logged.push(event),
      ...settings,
    })

  beforeAll(async () => {
    cluster = await startCluster()
    proxy = await startFaultProxy(cluster.url)
  })
  afterAll(async () => {
    await proxy.close()
    await cluster.stop()
  })
  beforeEach(async () => {
    database = await open({ url: proxy.url })
    await sql`drop table if exists rows`.execute(database.db)
    await sql`create table rows (number int4 primary key)`.execute(database.db)
  })
  afterEach(() => database.close())

  let attempts = 0
  const insert = (number: number): Promise<void> =>
    database.transaction(async (tx) => {
      attempts += 1
      await tx.insertInto('rows').values({ number }).execute()
    }, 'insert')
  const numbers = async (): Promise<number[]> => {
    const found = await database.db.selectFrom('rows').selectAll().orderBy('number').execute()
    return found.map(({ number }) => number)
  }
  const asAdministrator = async (statement: string): Promise<void> => {
    const client = new Client({
      connectionString: cluster.url,
      options: '-c synchronous_commit=local',
    })
    await client.connect()
    await client.query(statement)
    await client.end()
  }

  test('a commit whose answer is lost is in doubt, and was done', async () => {
    proxy.cutAfter('commit\0')
    await expect(insert(1)).rejects.toThrow(CommitUnknown)
    expect(await numbers()).toEqual([1])
  })

  test('a commit that never arrived is in doubt as well, and was not done', async () => {
    proxy.cutBefore('commit\0')
    await expect(insert(1)).rejects.toThrow(CommitUnknown)
    expect(await numbers()).toEqual([])
  })

  test.each(['begin isolation', 'insert into'])(
    'a connection lost at "%s" surely committed nothing, and the work is done again',
    async (text) => {
      attempts = 0
      proxy.cutBefore(text)
      await insert(1)
      expect(await numbers()).toEqual([1])
      expect(attempts).toBe(text === 'insert into' ? 2 : 1)
    },
  )

  test('a session that an administrator ends in mid-transaction is replaced', async () => {
    let isEnded = false
    await database.transaction(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      await tx.insertInto('rows').values({ number: 7 }).execute()
      if (!isEnded) await asAdministrator(`select pg_terminate_backend(${rows[0]?.pid}, 5000)`)
      isEnded = true
      await tx.insertInto('rows').values({ number: 8 }).execute()
    })
    expect(await numbers()).toEqual([7, 8])
  })

  test('a transaction that the server ends for idling is not tried again', async () => {
    const brief = await open({ statementTimeoutMs: 100 })
    let tries = 0
    const idle = brief.transaction(async (tx) => {
      tries += 1
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      const client = new Client({ connectionString: cluster.url })
      await client.connect()
      const running = `select 1 from pg_stat_activity where pid = ${rows[0]?.pid}`
      while ((await client.query(running)).rowCount !== 0);
      await client.end()
      await sql`select 1`.execute(tx)
    })
    await expect(idle).rejects.toMatchObject({ code: '25P03' })
    expect(tries).toBe(1)
    await brief.close()
  })

  test('a statement that takes too long is ended, and the connection works on', async () => {
    const brief = await open({ statementTimeoutMs: 100, connections: 1 })
    await expect(sql`select pg_sleep(60)`.execute(brief.db)).rejects.toMatchObject({
      code: '57014',
    })
    await brief.ping()
    // What has no limits has none here either, on the server and on our side.
    await brief.transaction((tx) => sql`select pg_sleep(0.2)`.execute(tx), 'long', 'none')
    await brief.close()
  })

  describe('whose standby does not answer', () => {
    const reload = async (statement: string): Promise<void> => {
      await asAdministrator(statement)
      await asAdministrator('select pg_reload_conf()')
    }
    beforeEach(() => reload("alter system set synchronous_standby_names = 'nobody'"))
    afterEach(() => reload('alter system reset synchronous_standby_names'))

    test('a commit that an operator lets go is in doubt, though the server says COMMIT', async () => {
      const written = insert(1).catch((error: unknown) => error)
      const cancel = `select pg_cancel_backend(pid) from pg_stat_activity
        where wait_event = 'SyncRep'`
      const client = new Client({ connectionString: cluster.url })
      await client.connect()
      while ((await client.query(cancel)).rowCount === 0);
      await client.end()
      expect(await written).toBeInstanceOf(CommitUnknown)
      expect(await numbers()).toEqual([1])
    })

    test('a commit that nobody confirms is in doubt after the longest that we wait', async () => {
      const brief = await open({ statementTimeoutMs: 100, answerGraceMs: 100 })
      const written = brief.transaction((tx) =>
        tx.insertInto('rows').values({ number: 1 }).execute(),
      )
      await expect(written).rejects.toThrow(CommitUnknown)
      await brief.close()
    })
  })

  test('a killed server ends nothing of ours; once it is back, the next call succeeds', async () => {
    await insert(1)
    let isWoken = false
    const woken = new Promise<void>((resolve) => {
      database.onWake('work', () => {
        isWoken = true
        resolve()
      })
    })
    // One connection is idle in the pool, one is in a transaction, one listens.
    const interrupted = database.transaction(async (tx) => {
      await tx.insertInto('rows').values({ number: 2 }).execute()
      await cluster.kill9()
      await tx.insertInto('rows').values({ number: 3 }).execute()
    })
    await expect(interrupted).rejects.toThrow(DatabaseUnavailable)
    await expect(database.ping()).rejects.toThrow(/cannot be reached: .*ECONNREFUSED|terminated/)
    expect(isWoken).toBe(false)
    await cluster.restart()
    expect(await numbers()).toEqual([1])
    await insert(4)
    // The listener connects again, and looks for what it may have missed.
    await woken
  })

  test('kill -9 of the server under load loses nothing that was acknowledged', async () => {
    let number = 0
    for (let round = 0; round < 3; round += 1) {
      const acknowledged = await numbers()
      let isKilled = false
      const write = async (): Promise<void> => {
        while (!isKilled) {
          number += 1
          const mine = number
          try {
            await insert(mine)
            acknowledged.push(mine)
          } catch (error) {
            const isExpected =
              error instanceof CommitUnknown || error instanceof DatabaseUnavailable
            if (!isExpected) throw error
          }
          if (acknowledged.length >= 60 * (round + 1) && !isKilled) {
            isKilled = true
            await cluster.kill9()
          }
        }
      }
      await Promise.all(Array.from({ length: 4 }, write))
      await cluster.restart()
      expect(await numbers()).toEqual(expect.arrayContaining(acknowledged))
      expect(acknowledged.length).toBeGreaterThanOrEqual(60 * (round + 1))
    }
  })

  const refusalOf = async (change: (url: URL) => void): Promise<Error> => {
    const url = new URL(cluster.url)
    change(url)
    const opened = open({ url: url.href, connectTimeoutMs: 2_000 })
    return opened.then(
      async (wrong) => {
        await wrong.close()
        throw new Error('it was opened')
      },
      (error: unknown) => error as Error,
    )
  }

  test('what cannot be used is refused with the cause and the way on, never the password', async () => {
    const wrongPassword = await refusalOf((url) => {
      url.password = 'the-wrong-secret'
    })
    expect(wrongPassword).toBeInstanceOf(StartRefused)
    expect(wrongPassword.message).toMatch(/password authentication failed.*Check the password/)
    expect(wrongPassword.message).not.toContain('the-wrong-secret')
    const missing = await refusalOf((url) => {
      url.pathname = '/nowhere'
    })
    expect(missing.message).toMatch(/127\.0\.0\.1:\d+\/nowhere cannot be used.*Make the database/)
    const unreachable = await refusalOf((url) => {
      url.port = '1'
    })
    expect(unreachable.message).toMatch(/ECONNREFUSED.*Check that it runs/)
  })

  test.each([
    [
      'an older version',
      'current_setting(text)',
      'text',
      "'140012'",
      /PostgreSQL 140012.*15 or later/,
    ],
    ['a replica', 'pg_is_in_recovery()', 'boolean', 'true', /is a replica.*Name the primary/],
  ])('%s is refused', async (_name, signature, type, answer, text) => {
    await asAdministrator('create database disguised')
    try {
      const inside = new Client({
        connectionString: cluster.url.replace('/postgres', '/disguised'),
      })
      await inside.connect()
      await inside.query(`create function public.${signature} returns ${type}
        language sql as $$ select ${answer}::${type} $$`)
      await inside.query('alter database disguised set search_path = public, pg_catalog')
      await inside.end()
      const refusal = await refusalOf((url) => {
        url.pathname = '/disguised'
      })
      expect(refusal).toBeInstanceOf(StartRefused)
      expect(refusal.message).toMatch(text)
    } finally {
      await asAdministrator('drop database disguised')
    }
  })

  test('a database that is not UTF8 is refused', async () => {
    await asAdministrator(`create database ascii encoding 'SQL_ASCII' locale 'C'
      locale_provider libc template template0`)
    const refusal = await refusalOf((url) => {
      url.pathname = '/ascii'
    })
    expect(refusal.message).toMatch(/stores text as SQL_ASCII. Reprieve needs UTF8/)
    await asAdministrator('drop database ascii')
  })

  test('a server that is set to answer before it has written is asked not to', async () => {
    await asAdministrator('create database hasty')
    await asAdministrator('alter database hasty set synchronous_commit = off')
    const hasty = await open({ url: cluster.url.replace('/postgres', '/hasty') })
    const { rows } = await sql`select current_setting('synchronous_commit') as value`.execute(
      hasty.db,
    )
    expect(rows).toEqual([{ value: 'on' }])
    await hasty.close()
    await asAdministrator('drop database hasty')
  })
})
