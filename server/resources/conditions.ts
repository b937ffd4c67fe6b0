import type { Refusal } from '../../api/refusals.ts'
import { type Resource, etagOf } from './resource.ts'

/**
 * ARM's conditional requests. A PUT without `If-Match` creates or replaces; `If-None-Match: *` only
 * creates; `If-Match` only replaces what it names. Null: the request may go on.
 */
export function refuseCondition(
  headers: { readonly [name: string]: string | undefined },
  resource: string,
  existing: Resource | null,
): Refusal | null {
  const ifMatch = headers['if-match']
  const ifNoneMatch = headers['if-none-match']
  const failed: Refusal = { name: 'preconditionFailed', facts: { resource } }
  if (ifMatch !== undefined && !matches(ifMatch, existing)) return failed
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, existing)) return failed
  return null
}

function matches(header: string, existing: Resource | null): boolean {
  if (existing === null) return false
  const tags = header.split(',').map((tag) => tag.trim())
  return tags.includes('*') || tags.includes(etagOf(existing))
}
