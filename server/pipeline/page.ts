import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Refusal } from '../../api/refusals.ts'
import type { OperationRequest } from './operation.ts'

/** One page of a list: at most `limit` items whose key lies after `after`. */
export type Page = { readonly limit: number; readonly after: readonly string[] | null }

export const defaultPageSize = 200
export const largestPageSize = 1000

/** Reads `$top` and `$skiptoken`. */
export function readPage(query: OperationRequest['query']): Decision<Page, Refusal> {
  const top = query['top']
  const limit =
    top === undefined ? defaultPageSize : Number(/^\d{1,5}$/.test(top) ? top : Number.NaN)
  if (!(limit >= 1 && limit <= largestPageSize)) {
    const problem = { kind: 'range', min: 1, max: largestPageSize } as const
    return refuse({ name: 'invalidParameter', facts: { parameter: '$top', problem } })
  }
  const token = query['skiptoken']
  if (token === undefined) return accept({ limit, after: null })
  const after = openToken(token)
  if (after === null) {
    const problem = { kind: 'invalid' } as const
    return refuse({ name: 'invalidParameter', facts: { parameter: '$skiptoken', problem } })
  }
  return accept({ limit, after })
}

/**
 * Cuts what was read with one item more than asked to the page, and links to the next one. The key
 * of an item is what the list is ordered by.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  page: Page,
  keyOf: (row: Row) => readonly string[],
  request: Pick<OperationRequest, 'publicUrl' | 'query'> & { readonly path: string },
): { readonly rows: readonly Row[]; readonly nextLink: string | null } {
  const kept = rows.slice(0, page.limit)
  const last = kept.at(-1)
  if (rows.length <= page.limit || last === undefined) return { rows: kept, nextLink: null }
  return { rows: kept, nextLink: nextLinkAfter(keyOf(last), request) }
}

/** The link to the page that begins after a key, with everything else as it was asked for. */
export function nextLinkAfter(
  key: readonly string[],
  request: Pick<OperationRequest, 'publicUrl' | 'query'> & { readonly path: string },
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query)) {
    if (name !== 'skiptoken') query.set(odata.includes(name) ? `$${name}` : name, value)
  }
  query.set('$skiptoken', sealToken(key))
  return `${request.publicUrl}${request.path}?${query.toString()}`
}

/** Parameters that are written with a `$`, which is left out of the names of a query here. */
const odata: readonly string[] = ['top', 'filter', 'expand', 'orderby', 'select', 'search', 'skip']

function sealToken(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url')
}

/** A token is a position, not a secret: it may be anything, and is only ever compared. */
function openToken(token: string): readonly string[] | null {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
    const isKey = Array.isArray(key) && key.length > 0 && key.length <= 4
    return isKey && key.every((part) => typeof part === 'string' && !part.includes('\0'))
      ? (key as string[])
      : null
  } catch {
    return null
  }
}
