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

export function servedBy(exchange: Pick<Exchange, 'method' | 'url' | 'status'>): Served {
  const { rawPath } = targetOf(exchange)
  const fitting = routes.filter(
    ({ operation, pattern }) => operation.method === exchange.method && pattern.test(rawPath),
  )
  // The router takes the most particular one; so does this.
  const [best] = fitting.sort((a, b) => b.statics - a.statics)
  return { operation: best?.operation.name ?? unknownRoute, status: exchange.status }
}

const examples: Readonly<Record<string, string>> = {
  namespace: 'Microsoft.Nothing',
  type: 'things',
}

/** All paths of an operation with names in the place of their parameters. */
export function pathsOf(operation: Operation, names: Readonly<Record<string, string>>): string[] {
  return operation.paths.map((path) =>
    path.replaceAll(/:([A-Za-z]+)/g, (_, name: string) => {
      if (operation.name.startsWith('UnknownType_') && name in examples) return examples[name] ?? ''
      return names[name] ?? (/Id$|^roleAssignmentName$/.test(name) ? unusedId : `some-${name}`)
    }),
  )
}

/** The first of its paths. */
export function pathOf(operation: Operation, names: Readonly<Record<string, string>>): string {
  return pathsOf(operation, names)[0] ?? '/'
}

/** A GUID that nothing has. */
const unusedId = '99999999-8888-4777-8666-555555555555'

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
