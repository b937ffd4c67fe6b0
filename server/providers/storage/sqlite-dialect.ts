import type { Outcome, Parameters, SqliteFile } from './sqlite-file.ts'

type Done = (this: { lastID: number; changes: number }, error: Error | null, rows?: unknown) => void

/**
 * What Sequelize's sqlite dialect asks of the `sqlite3` package, answered by Node's own SQLite:
 * nothing to compile, and no second SQLite in the process. Give it as `dialectModule`. Sequelize
 * opens one `Database` for everything outside transactions and one more for every transaction;
 * each becomes a session of the one `file`, whatever name it is opened by.
 */
export function createSqliteDialect(file: SqliteFile): Readonly<Record<string, unknown>> {
  class Database {
    constructor(_name: string, _mode: number, opened: (error: Error | null) => void) {
      // Sequelize stores the new object first and looks at it in the callback.
      queueMicrotask(() => opened(null))
    }

    /** `sqlite3` orders statements by this; our sessions are ordered already. */
    serialize(work: () => void): void {
      work()
    }

    run(sql: string, parameters?: Parameters | Done, done?: Done): this {
      return this.#ask(sql, parameters, done)
    }

    all(sql: string, parameters?: Parameters | Done, done?: Done): this {
      return this.#ask(sql, parameters, done)
    }

    exec(sql: string, done?: Done): this {
      return this.#ask(sql, [], done)
    }

    close(done?: (error: Error | null) => void): void {
      file.leave(this)
      done?.(null)
    }

    #ask(sql: string, second?: Parameters | Done, third?: Done): this {
      const done = typeof second === 'function' ? second : third
      const parameters = typeof second === 'function' || second === undefined ? [] : second
      file.run(this, sql, parameters).then(
        (outcome) => tell(done, outcome),
        (error: unknown) => done?.call({ lastID: 0, changes: 0 }, asSqlite3Error(error)),
      )
      return this
    }
  }
  return { Database, OPEN_READONLY: 1, OPEN_READWRITE: 2, OPEN_CREATE: 4 }
}

function tell(done: Done | undefined, { rows, lastID, changes }: Outcome): void {
  done?.call({ lastID, changes }, null, rows)
}

const primaryCodes: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  19: 'SQLITE_CONSTRAINT',
}

/** Sequelize tells a unique violation from other failures by the code that `sqlite3` would set. */
function asSqlite3Error(thrown: unknown): Error & { code: string } {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const extended = 'errcode' in error ? Number(error.errcode) : 1
  const busy = error.message.startsWith('SQLITE_BUSY')
  // The extended code's low byte is the primary one (2067, unique, is 19, constraint).
  const code = busy ? 'SQLITE_BUSY' : (primaryCodes[extended & 0xff] ?? 'SQLITE_ERROR')
  return Object.assign(error, { code })
}
