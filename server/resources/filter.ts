import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Refusal } from '../../api/refusals.ts'

/** What a list is narrowed to. In lower case, but for a tag: the store compares its
 * name without case and its value as it is written. */
export type ResourceFilter = {
  readonly resourceType?: string
  readonly resourceGroup?: string
  readonly name?: string
  readonly location?: string
  readonly tagName?: string
  readonly tagValue?: string
}

type Field = keyof ResourceFilter

const supported = [
  "resourceType eq '...'",
  "resourceGroup eq '...'",
  "name eq '...'",
  "location eq '...'",
  "tagName eq '...'",
  "tagName eq '...' and tagValue eq '...'",
  'these joined by and',
]

const clauseShape = /^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*(?:(and)\s|$)/i

/** Reads `$filter`; an empty one narrows nothing. `allowed`: the fields that the list knows. */
export function parseFilter(
  text: string | undefined,
  allowed: readonly Field[],
): Decision<ResourceFilter, Refusal> {
  const filter = text ?? ''
  const invalid = refuse<Refusal>({
    name: 'invalidFilter',
    facts: { filter, supported: supported.filter((form) => isKnown(form, allowed)) },
  })
  const found: { [Name in Field]?: string } = {}
  let rest = filter.trim()
  while (rest !== '') {
    const match = clauseShape.exec(rest)
    const field = allowed.find((name) => name.toLowerCase() === match?.[1]?.toLowerCase())
    if (match === null || field === undefined || found[field] !== undefined) return invalid
    const value = (match[2] ?? '').replaceAll("''", "'")
    found[field] = normal(field, value)
    rest = rest.slice(match[0].length).trimStart()
    const joined = match[3] !== undefined
    if (joined === (rest === '')) return invalid
  }
  if (found.tagValue !== undefined && found.tagName === undefined) return invalid
  return accept(found)
}

function normal(field: Field, value: string): string {
  if (field === 'tagName' || field === 'tagValue') return value
  const key = value.toLowerCase()
  return field === 'location' ? key.replaceAll(' ', '') : key
}

function isKnown(form: string, allowed: readonly Field[]): boolean {
  const named = [...form.matchAll(/(\w+) eq/g)].map((match) => match[1])
  return named.every((name) => allowed.some((field) => field === name))
}
