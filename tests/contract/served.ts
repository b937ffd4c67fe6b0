import type { Operation } from '../../server/pipeline/operation.ts'
import { type Parts, operationsOf } from '../../server/wiring.ts'
import { type Exchange, targetOf } from './exchange.ts'

/** Which operation of ours answered, and how. */
export type Served = { readonly operation: string; readonly status: number }

type Route = { readonly operation: Operation; readonly pattern: RegExp; readonly statics: number }

/** Handlers are not called here, so nothing that they would need has to be there. */
const none = { database: {}, providers: [] } as unknown as Parts

export const operations: readonly Operation[] = operationsOf(none)

const routes: readonly Route[] = operations.flatMap((operation) =>
  operation.paths.map((path) => ({ operation, ...patternOf(path) })),
)

/** A name that stands for a path that nobody serves. */
export const unknownRoute = 'no operation'

export function servedBy(exchange: Exchange): Served {
  const { rawPath } = targetOf(exchange)
  const fitting = routes.filter(
    ({ operation, pattern }) => operation.method === exchange.method && pattern.test(rawPath),
  )
  // The router takes the most particular one; so does this.
  const [best] = fitting.sort((a, b) => b.statics - a.statics)
  return { operation: best?.operation.name ?? unknownRoute, status: exchange.status }
}

function patternOf(path: string): { pattern: RegExp; statics: number } {
  const parts = path.split('/').slice(1)
  const source = parts.map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')
  })
  return {
    pattern: new RegExp(`^/${source.join('/')}$`, 'i'),
    statics: parts.filter((part) => !part.startsWith(':')).length,
  }
}
