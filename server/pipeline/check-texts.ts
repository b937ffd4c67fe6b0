import { isStorable } from '../resources/storable.ts'
import { refuseRequest } from './operation.ts'

type Texts = { readonly [name: string]: string }

/**
 * Refuses a name or a query that no stored thing can have: the database fails when asked for it.
 */
export function checkTexts(params: Texts, query: Texts): void {
  const parameter =
    Object.keys(params).find((name) => !isStorable(params[name])) ??
    Object.keys(query).find((name) => !isStorable(name) || !isStorable(query[name]))
  if (parameter === undefined) return
  refuseRequest('invalidParameter', { parameter, problem: { kind: 'invalid' } })
}
