import { type KyselyPlugin, PostgresQueryCompiler, type QueryId, sql } from 'kysely'
import type { Plant } from './core.ts'

type Row = { readonly [column: string]: unknown }

const compiler = new PostgresQueryCompiler()

/** What a statement finds is not what is stored. */
export function readsWrongly(
  pattern: RegExp,
  change: (rows: readonly Row[]) => readonly Row[],
): Plant {
  const concerned = new WeakSet<QueryId>()
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      if (pattern.test(compiler.compileQuery(node, queryId).sql)) concerned.add(queryId)
      return node
    },
    transformResult: async ({ queryId, result }) =>
      concerned.has(queryId)
        ? { ...result, rows: [...change(result.rows)] as typeof result.rows }
        : result,
  }
  return {
    database: (database) => ({
      ...database,
      db: database.db.withPlugin(plugin),
      transaction: (work, label, limits) =>
        database.transaction((tx) => work(tx.withPlugin(plugin)), label, limits),
    }),
  }
}

/** An instant in each row, later by so much; null stays null. */
export function later(column: string, ms: number): (rows: readonly Row[]) => readonly Row[] {
  return (rows) =>
    rows.map((row) => {
      const at = row[column]
      return typeof at === 'bigint' ? { ...row, [column]: at + BigInt(ms) } : row
    })
}

/** A further statement after each work of a kind. */
export function afterWork(kind: string, statement: string): Plant {
  return {
    handlers: (handlers, _parts, core) => ({
      ...handlers,
      [kind]: async (work) => {
        const outcome = (await handlers[kind]?.(work)) ?? { done: true as const }
        await sql.raw(statement).execute(core.database.db)
        return outcome
      },
    }),
  }
}

/** A further statement after each request of one operation that made something. */
export function afterMaking(name: string, statement: string): Plant {
  return {
    operation: (operation, core) =>
      operation.name === name
        ? {
            ...operation,
            handle: async (request) => {
              const answer = await operation.handle(request)
              if (answer.status === 201) await sql.raw(statement).execute(core.database.db)
              return answer
            },
          }
        : operation,
  }
}
