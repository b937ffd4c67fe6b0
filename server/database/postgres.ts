import { Kysely, sql } from 'kysely'
import { Pool, type PoolClient, type PoolConfig } from 'pg'
import { assert } from '../kernel/assert.ts'
import {
  type Database,
  type DatabaseLog,
  StartRefused,
  messageOf,
  sqlStateOf,
} from './connection.ts'
import { dialectOf } from './driver.ts'
import { PostgresSessions } from './postgres-sessions.ts'
import { openPostgresWakes } from './postgres-wakes.ts'
import { refuseInsideTransaction } from './transaction-scope.ts'
import { type TransactionSettings, createTransactions } from './transactions.ts'
import { parserOf } from './values.ts'

export type PostgresSettings = TransactionSettings & {
  /** `postgres://user:password@host:port/database?sslmode=...` */
  readonly url: string
  /** Connections of this process, besides one that listens. */
  readonly connections?: number
  readonly connectTimeoutMs?: number
  readonly statementTimeoutMs?: number
  /** How much longer than that we wait for an answer, before the connection counts as dead. */
  readonly answerGraceMs?: number
  /** Seen in `pg_stat_activity`. */
  readonly applicationName?: string
}

const oldestVersion = 150_000

const defaults = {
  connections: 10,
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
  answerGraceMs: 5_000,
  applicationName: 'reprieve',
}

/**
 * Opens a PostgreSQL server, of version 15 or later. It may restart or fail over afterwards: what
 * was asked meanwhile fails, and the next call connects again.
 *
 * @throws StartRefused when it cannot be reached or used; the text says what to do, without the
 *   password.
 */
export async function openPostgres<Schema>(settings: PostgresSettings): Promise<Database<Schema>> {
  const config = configOf(settings)
  const pool = openPool(config, settings.log)
  try {
    const client = await pool.connect()
    client.release()
  } catch (error) {
    await pool.end()
    throw refusalOf(error, settings.url)
  }
  const wakes = await openPostgresWakes(config, settings)
  const db = new Kysely<Schema>({ dialect: dialectOf(new PostgresSessions(pool)) })
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await wakes.close()
    await pool.end()
    await db.destroy()
  }
  return {
    engine: 'postgres',
    db,
    ...createTransactions(db, settings, wakes.deliver),
    onWake: wakes.onWake,
    ping: async () => {
      await sql`select 1`.execute(db)
    },
    close: async () => {
      refuseInsideTransaction('the database was closed')
      await (closing ??= close())
    },
  }
}

function configOf(settings: PostgresSettings): PoolConfig {
  const { connections, connectTimeoutMs, statementTimeoutMs, answerGraceMs, applicationName } = {
    ...defaults,
    ...settings,
  }
  return {
    connectionString: settings.url,
    application_name: applicationName,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    // A server whose machine is gone says nothing at all, and one that waits for its standby at a
    // commit heeds no timeout of its own.
    query_timeout: statementTimeoutMs + answerGraceMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: (typeId: number) => parserOf(typeId) },
  }
}

function openPool(config: PoolConfig, log: DatabaseLog): Pool {
  const pool = new Pool({
    ...config,
    verify: (client, done) => void checkServer(client).then(() => done(), done),
  })
  // Without these listeners an idle connection that breaks would end the process.
  pool.on('error', (error) => log('databaseConnectionLost', { error: messageOf(error) }))
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

type Server = {
  readonly version: string
  readonly version_name: string
  readonly encoding: string
  readonly synchronous_commit: string
  readonly is_replica: boolean
}

/** Runs on every new connection: after a failover it may lead to another server. */
async function checkServer(client: PoolClient): Promise<void> {
  const found = await client.query<Server>(`
    select current_setting('server_version_num') as version,
      current_setting('server_version') as version_name,
      current_setting('server_encoding') as encoding,
      current_setting('synchronous_commit') as synchronous_commit,
      pg_is_in_recovery() as is_replica`)
  const [server] = found.rows
  assert(server !== undefined, 'the server told nothing of itself')
  if (Number(server.version) < oldestVersion) {
    throw new StartRefused(
      `The server of --database is PostgreSQL ${server.version_name}. Reprieve needs 15 or ` +
        'later: upgrade it, or use another server',
    )
  }
  if (server.encoding !== 'UTF8') {
    throw new StartRefused(
      `The database of --database stores text as ${server.encoding}. Reprieve needs UTF8: ` +
        "make one with `create database ... encoding 'UTF8' template template0`",
    )
  }
  if (server.is_replica) {
    throw new StartRefused(
      'The server of --database is a replica, which takes no changes. Name the primary, or an ' +
        'address that follows it',
    )
  }
  const settings = ['set timezone = UTC', "set datestyle = 'ISO, MDY'", 'set bytea_output = hex']
  // Acknowledged is durable: a server set to answer before it has written is asked not to, here.
  if (server.synchronous_commit === 'off') settings.push('set synchronous_commit = on')
  await client.query(settings.join(';'))
}

const remedies: { readonly [sqlState: string]: string } = {
  '28P01': 'Check the password in --database',
  '28000': "Check the user in --database and the server's pg_hba.conf",
  '3D000': 'Make the database first (`createdb`), or check its name in --database',
}

function refusalOf(error: unknown, url: string): StartRefused {
  if (error instanceof StartRefused) return error
  const remedy =
    remedies[sqlStateOf(error) ?? ''] ?? 'Check that it runs and can be reached from here'
  return new StartRefused(
    `The database at ${placeOf(url)} cannot be used: ${messageOf(error)}. ${remedy}`,
    { cause: error },
  )
}

/** Where the server is, without the user and the password. */
function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url)
    return `${host}${pathname}`
  } catch {
    return 'the address in --database'
  }
}
