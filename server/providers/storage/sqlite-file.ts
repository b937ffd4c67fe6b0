import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { createWriteTurns } from './write-turns.ts'

export type Row = Record<string, unknown>
export type Parameters = readonly unknown[] | Readonly<Record<string, unknown>>
export type Outcome = { readonly rows: Row[]; readonly lastID: number; readonly changes: number }

/**
 * A SQLite file as a database server would offer it: any number of sessions, transactions that
 * exclude each other, and reads outside a transaction that see the last commit and never wait.
 */
export type SqliteFile = {
  readonly run: (session: object, sql: string, parameters: Parameters) => Promise<Outcome>
  /** Ends a session: what it did not commit is rolled back, and its turn goes to the next. */
  readonly leave: (session: object) => void
  /** Runs `work` while no transaction is open; it may only read, through `rows`. */
  readonly whileStill: <Result>(work: (rows: ReadRows) => Promise<Result>) => Promise<Result>
  readonly close: () => void
}

export type ReadRows = (sql: string, ...values: SQLInputValue[]) => Iterable<Row>

const writeWaitLimitMs = 30_000
const preparedStatements = 200

export function openSqliteFile(file: string): SqliteFile {
  const open = new OpenFile(file)
  return {
    run: (session, sql, parameters) => open.run(session, sql, parameters),
    leave: (session) => open.leave(session),
    whileStill: (work) => open.whileStill(work),
    close: () => open.close(),
  }
}

class OpenFile {
  readonly #writer: DatabaseSync
  readonly #reader: DatabaseSync
  readonly #writing: (sql: string) => StatementSync
  readonly #reading: (sql: string) => StatementSync
  readonly #turns = createWriteTurns<object>(writeWaitLimitMs)

  constructor(file: string) {
    this.#writer = openWriter(file)
    this.#reader = new DatabaseSync(file, { readOnly: true })
    defineLike(this.#writer)
    defineLike(this.#reader)
    this.#writing = prepareOnce(this.#writer)
    this.#reading = prepareOnce(this.#reader)
  }

  async run(session: object, sql: string, parameters: Parameters): Promise<Outcome> {
    if (this.#turns.isHeldBy(session)) {
      if (!endsTransaction.test(sql)) return execute(this.#writing(sql), parameters)
      try {
        return execute(this.#writing(sql), parameters)
      } finally {
        // A commit that failed (a full disk) must not leave the transaction to whoever comes next.
        this.leave(session)
      }
    }
    if (readsOnly.test(sql)) return execute(this.#reading(sql), parameters)
    await this.#turns.take(session)
    try {
      return execute(this.#writing(sql), parameters)
    } finally {
      if (!this.#writer.isTransaction) this.#turns.give(session)
    }
  }

  leave(session: object): void {
    if (!this.#turns.isHeldBy(session)) return
    if (this.#writer.isTransaction) this.#writer.exec('ROLLBACK')
    this.#turns.give(session)
  }

  async whileStill<Result>(work: (rows: ReadRows) => Promise<Result>): Promise<Result> {
    const session = {}
    await this.#turns.take(session)
    try {
      return await work((sql, ...values) => this.#writer.prepare(sql).iterate(...values))
    } finally {
      this.#turns.give(session)
    }
  }

  close(): void {
    this.#reader.close()
    // The writer closes last: it moves the log into the file and removes it.
    this.#writer.close()
  }
}

const endsTransaction = /^\s*(COMMIT|ROLLBACK|END)\b/i
const readsOnly = /^\s*(SELECT|EXPLAIN|PRAGMA\s+(table_info|index_list|index_info)\b)/i

function openWriter(file: string): DatabaseSync {
  const writer = new DatabaseSync(file)
  writer.exec('PRAGMA journal_mode=WAL')
  // FULL: a commit is on the disk before its upload is acknowledged, also through a power cut.
  writer.exec('PRAGMA synchronous=FULL')
  writer.exec('PRAGMA foreign_keys=ON')
  return writer
}

/**
 * Azurite asks for names that begin with a prefix by `LIKE 'prefix%'`. SQLite's own LIKE ignores
 * case and takes `_` and `%` in the prefix as wildcards, so `a_b/` would also list `axb/` and
 * `A_B/`.
 */
function defineLike(database: DatabaseSync): void {
  database.function('like', { deterministic: true }, (pattern, value) => {
    const text = String(pattern)
    const matches = text.endsWith('%')
      ? String(value).startsWith(text.slice(0, -1))
      : value === text
    return matches ? 1 : 0
  })
}

/** Compiles a statement once; the least recently used one makes room. */
function prepareOnce(database: DatabaseSync): (sql: string) => StatementSync {
  const prepared = new Map<string, StatementSync>()
  return (sql) => {
    const statement = prepared.get(sql) ?? database.prepare(sql)
    statement.setAllowUnknownNamedParameters(true)
    prepared.delete(sql)
    prepared.set(sql, statement)
    const oldest = prepared.size > preparedStatements ? prepared.keys().next().value : undefined
    if (oldest !== undefined) prepared.delete(oldest)
    return statement
  }
}

function execute(statement: StatementSync, parameters: Parameters): Outcome {
  const bound = bind(parameters)
  if (statement.columns().length > 0) {
    const rows = Array.isArray(bound) ? statement.all(...bound) : statement.all(bound)
    // Plain objects: Sequelize asks rows for the methods that every object has.
    return { rows: rows.map((row) => ({ ...row })), lastID: 0, changes: 0 }
  }
  const done = Array.isArray(bound) ? statement.run(...bound) : statement.run(bound)
  return { rows: [], lastID: Number(done.lastInsertRowid), changes: Number(done.changes) }
}

function bind(parameters: Parameters): SQLInputValue[] | Record<string, SQLInputValue> {
  if (Array.isArray(parameters)) return parameters.map(toSql)
  const named = Object.entries(parameters as Readonly<Record<string, unknown>>)
  return Object.fromEntries(named.map(([name, value]) => [name, toSql(value)]))
}

function toSql(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Date) return value.toISOString()
  return value as SQLInputValue
}
