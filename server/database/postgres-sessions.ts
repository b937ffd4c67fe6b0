import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg'
import { DatabaseUnavailable, sqlStateOf } from './connection.ts'
import type { Answer, Session, Sessions } from './driver.ts'
import { currentScope } from './transaction-scope.ts'
import type { WireValue } from './values.ts'

/** Connections of a pool. One that has failed is closed and never handed out again. */
export class PostgresSessions implements Sessions {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async take(): Promise<Session> {
    let client: PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      throw error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error)
    }
    return new PostgresSession(client)
  }

  giveBack(session: Session): void {
    if (session instanceof PostgresSession) session.end()
  }
}

class PostgresSession implements Session {
  readonly #client: PoolClient
  #failure: unknown
  #warning: string | undefined

  constructor(client: PoolClient) {
    this.#client = client
    client.on('error', this.#onError)
    client.on('notice', this.#onNotice)
  }

  readonly isBroken = (): boolean => this.#failure !== undefined

  readonly run = async (sql: string, values: readonly WireValue[]): Promise<Answer> => {
    if (this.#failure !== undefined) throw explain(this.#failure)
    this.#warning = undefined
    try {
      const answer = await this.#client.query(queryOf(sql, values))
      const { command, rows, rowCount } = lastOf(answer)
      return { command, rows, affectedRows: rowCount ?? 0, warning: this.#warning }
    } catch (error) {
      if (isOrdinary(error)) throw error
      this.#failure ??= error
      throw explain(error)
    }
  }

  end(): void {
    this.#client.off('error', this.#onError)
    this.#client.off('notice', this.#onNotice)
    this.#client.release(this.#failure !== undefined)
  }

  readonly #onError = (error: unknown): void => {
    this.#failure ??= error
  }

  readonly #onNotice = (notice: Notice): void => {
    // The words are in the server's language, the code is not: 00000 is a mere notice.
    if (notice.code !== '00000') this.#warning = notice.message ?? 'a warning'
  }
}

type Notice = { readonly code: string | undefined; readonly message: string | undefined }

/** The longest that a timer can wait; the driver takes 0 for "as usual". */
const unlimitedMs = 2 ** 31 - 1

/** `query_timeout` is missing in the driver's types. */
function queryOf(text: string, values: readonly WireValue[]): QueryConfig {
  const query: QueryConfig & { query_timeout?: number } = { text, values: values.map(asBuffer) }
  if (currentScope()?.limits === 'none') query.query_timeout = unlimitedMs
  return query
}

/**
 * Without the copy, a Uint8Array would be sent as such too; a Buffer is what the driver documents.
 */
function asBuffer(value: WireValue): string | Buffer | null {
  if (!(value instanceof Uint8Array)) return value
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

/** Several statements in one text answer with a list. */
function lastOf(answer: QueryResult | QueryResult[]): QueryResult {
  return Array.isArray(answer) ? (answer.at(-1) as QueryResult) : answer
}

/**
 * The transaction sat idle for longer than the server allows. The connection is gone, but trying
 * again would sit idle again.
 */
const idleInTransaction = '25P03'

function explain(failure: unknown): unknown {
  return sqlStateOf(failure) === idleInTransaction ? failure : new DatabaseUnavailable(failure)
}

/**
 * The server refused one statement and the connection works on. Otherwise the connection broke, or
 * the server is going down (57P0x), starting, full (53300), or failing.
 */
function isOrdinary(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state !== null && !/^(08|57P0|53300|58|F0|XX00[12]|25P03)/.test(state)
}
