import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import { Fault } from '../kernel/assert.ts'
import { CommitUnknown, DatabaseUnavailable, sqlStateOf } from './connection.ts'
import { currentScope, refuseInsideTransaction } from './transaction-scope.ts'
import { type WireValue, wireValueOf } from './values.ts'

/** What a statement answered. `command` is the first word of PostgreSQL's command tag. */
export type Answer = {
  readonly command: string
  readonly rows: readonly unknown[]
  readonly affectedRows: number
  /** A warning of the server's that came with it. */
  readonly warning?: string | undefined
}

/**
 * One connection of an engine. `run` throws the database's own error when a statement was refused,
 * and DatabaseUnavailable when the connection broke; a broken session answers nothing more. Without
 * values, a text may hold several statements.
 */
export type Session = {
  readonly run: (sql: string, values: readonly WireValue[]) => Promise<Answer>
  readonly isBroken: () => boolean
}

export type Sessions = {
  readonly take: () => Promise<Session>
  readonly giveBack: (session: Session) => void
}

/** Kysely on our own sessions: what is checked here holds on both engines. */
export function dialectOf(sessions: Sessions): Dialect {
  return {
    createDriver: () => driverOf(sessions),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

type Connection = DatabaseConnection & { readonly session: Session }

function driverOf(sessions: Sessions): Driver {
  const run = (connection: DatabaseConnection, sql: string): Promise<Answer> =>
    sessionOf(connection).run(sql, [])
  const savepoint =
    (command: string) =>
    async (connection: DatabaseConnection, name: string): Promise<void> => {
      await run(connection, `${command} "${name.replaceAll('"', '""')}"`)
    }
  return {
    init: async () => {},
    acquireConnection: async () => {
      refuseInsideTransaction("the database's main handle was used")
      return connectionOn(await sessions.take())
    },
    beginTransaction: (connection, settings) => begin(sessionOf(connection), settings),
    commitTransaction: (connection) => commit(sessionOf(connection)),
    rollbackTransaction: async (connection) => {
      // A broken session was rolled back by the server when it noticed.
      if (!sessionOf(connection).isBroken()) await run(connection, 'rollback')
    },
    savepoint: savepoint('savepoint'),
    rollbackToSavepoint: savepoint('rollback to'),
    releaseSavepoint: savepoint('release'),
    releaseConnection: async (connection) => sessions.giveBack(sessionOf(connection)),
    // What the sessions stand on is closed by whoever opened it.
    destroy: async () => {},
  }
}

function connectionOn(session: Session): Connection {
  // Statements of one connection go one after the other, also when the caller sends them at once.
  let last: Promise<unknown> = Promise.resolve()
  return {
    session,
    executeQuery: <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
      const values = query.parameters.map(wireValueOf)
      const answer = last.then(() => session.run(query.sql, values))
      last = answer.catch(() => {})
      return answer.then((known) => resultOf<Row>(known))
    },
    streamQuery: () => {
      throw new Fault('results are not streamed: read them page by page')
    },
  }
}

function sessionOf(connection: DatabaseConnection): Session {
  return (connection as Connection).session
}

const changing: readonly string[] = ['INSERT', 'UPDATE', 'DELETE', 'MERGE']

function resultOf<Row>(answer: Answer): QueryResult<Row> {
  const rows = answer.rows as Row[]
  if (!changing.includes(answer.command)) return { rows }
  return { rows, numAffectedRows: BigInt(answer.affectedRows) }
}

async function begin(session: Session, settings: TransactionSettings): Promise<void> {
  if (currentScope()?.phase !== 'opening') {
    throw new Fault('a transaction was begun past transaction(), which limits and repeats it')
  }
  const unlimited = currentScope()?.limits === 'none' ? '; set local statement_timeout = 0' : ''
  const level = settings.isolationLevel ?? 'read committed'
  await session.run(`begin isolation level ${level}${unlimited}`, [])
}

async function commit(session: Session): Promise<void> {
  // COMMIT is not sent on a connection that is known to be gone, so this is not in doubt.
  if (session.isBroken()) throw new DatabaseUnavailable('the connection was lost')
  let answer: Answer
  try {
    answer = await session.run('commit', [])
  } catch (error) {
    throw isRefusalToCommit(error) ? error : new CommitUnknown(error)
  }
  if (answer.command === 'ROLLBACK') {
    throw new Fault('a statement of the transaction failed and its error was passed over')
  }
  // PostgreSQL answers COMMIT with a mere warning when it gave up waiting for its standby: then the
  // change is on one machine only, and the loss of that machine would lose it.
  if (answer.warning !== undefined) throw new CommitUnknown(new Error(answer.warning))
  if (answer.command !== 'COMMIT') throw new CommitUnknown(new Error('COMMIT was not confirmed'))
}

/**
 * A conflict, or a deferred constraint or trigger. Anything else (the server shutting down, its
 * disk failing) can strike after the commit was written, and is in doubt.
 */
function isRefusalToCommit(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state !== null && state !== '40003' && /^(22|23|40|44|P0)/.test(state)
}
