import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Refusal } from '../../api/refusals.ts'
import { isStorable } from '../resources/storable.ts'

/** Names and values, as they were written. */
export type Tags = { readonly [name: string]: string }

export const mostTags = 50
export const longestTagName = 512
export const longestTagValue = 256

const forbiddenInName = /[<>%&\\?/]|\p{Cc}|\p{Cs}/u

/** Whether a resource, group or subscription may carry these tags. Names count without case. */
export function checkTags(tags: Tags): Decision<Tags, Refusal> {
  const names = Object.keys(tags)
  if (names.length > mostTags) return invalid('tags', { kind: 'count', max: mostTags })
  const seen = new Set<string>()
  for (const name of names) {
    if (name === '' || name.length > longestTagName || forbiddenInName.test(name)) {
      return refuse({ name: 'invalidName', facts: { field: 'tag', name, rule: 'tag' } })
    }
    if (seen.has(name.toLowerCase())) return invalid(`tags.${name}`, { kind: 'invalid' })
    seen.add(name.toLowerCase())
    const value = tags[name] ?? ''
    if (value.length > longestTagValue) {
      return invalid(`tags.${name}`, { kind: 'length', min: 0, max: longestTagValue })
    }
    if (!isStorable(value)) return invalid(`tags.${name}`, { kind: 'invalid' })
  }
  return accept(tags)
}

export type TagsPatch = {
  readonly operation: 'Merge' | 'Replace' | 'Delete'
  readonly tags: Tags
}

/**
 * What a patch makes of the tags. `Merge` adds and replaces by name without case, the new spelling
 * stays; `Delete` removes a name whose value is the one given, or any if it is given empty.
 */
export function patchTags(current: Tags, patch: TagsPatch): Decision<Tags, Refusal> {
  const checked = checkTags(patch.tags)
  if (!checked.accepted || patch.operation === 'Replace') return checked
  const given = new Map(Object.entries(patch.tags).map(([name, v]) => [name.toLowerCase(), v]))
  const kept = Object.entries(current).filter(([name, value]) => {
    const named = given.get(name.toLowerCase())
    if (named === undefined) return true
    return patch.operation === 'Delete' && named !== '' && named !== value
  })
  if (patch.operation === 'Delete') return accept(Object.fromEntries(kept))
  return checkTags(Object.fromEntries([...kept, ...Object.entries(patch.tags)]))
}

/** The value of a tag, whatever the case of its name. */
export function tagValue(tags: Tags, name: string): string | null {
  const wanted = name.toLowerCase()
  return Object.entries(tags).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? null
}

function invalid(
  field: string,
  problem: Extract<Refusal, { name: 'invalidContent' }>['facts']['problem'],
): Decision<never, Refusal> {
  return refuse({ name: 'invalidContent', facts: { field, problem } })
}
