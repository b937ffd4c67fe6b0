import type { FieldProblem, Refusal } from '../../api/refusals.ts'
import { canonicalJson } from '../../api/event-chain.ts'
import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { type Location, findLocation } from '../locations/location.ts'
import type { ResourceBody } from '../providers/contract.ts'
import { checkTags } from '../tags/tags.ts'
import { type Resource, provisioningState } from './resource.ts'
import type { RequestBody, ResourceType } from './resource-type.ts'
import { isStorable } from './storable.ts'

/** A PUT: the whole resource as asked. The location of an existing one stays. */
export function decidePut(
  type: ResourceType,
  name: string,
  body: RequestBody,
  existing: Resource | null,
  locations: readonly Location[],
): Decision<ResourceBody, Refusal> {
  const refusal = refuseMismatch(type, name, body, existing)
  if (refusal !== null) return refuse(refusal)
  const location = decideLocation(name, body.location, existing, locations)
  if (!location.accepted) return location
  const tags = checkTags(body.tags ?? {})
  if (!tags.accepted) return tags
  const content = type.decidePut(body, existing)
  if (!content.accepted) return content
  return accept({ ...content.value, location: location.value, tags: tags.value })
}

/** A PATCH: what is given replaces, tags whole; location, name and type cannot change. */
export function decidePatch(
  type: ResourceType,
  body: RequestBody,
  existing: Resource,
  locations: readonly Location[],
): Decision<ResourceBody, Refusal> {
  const refusal = refuseMismatch(type, existing.name, body, existing)
  if (refusal !== null) return refuse(refusal)
  const asked = body.location ?? existing.location
  const location = decideLocation(existing.name, asked, existing, locations)
  if (!location.accepted) return location
  const tags = checkTags(body.tags === undefined ? existing.tags : (body.tags ?? {}))
  if (!tags.accepted) return tags
  const content = type.decidePatch(body, existing)
  if (!content.accepted) return content
  return accept({ ...content.value, location: location.value, tags: tags.value })
}

/** Whether a write would leave everything as it is: then it is answered and not recorded. */
export function isSame(before: ResourceBody, after: ResourceBody): boolean {
  const content = ({ location, kind, sku, tags, properties }: ResourceBody): string =>
    canonicalJson({ location, kind, sku, tags, properties })
  return content(before) === content(after)
}

function decideLocation(
  name: string,
  asked: string | undefined,
  existing: Resource | null,
  locations: readonly Location[],
): Decision<string, Refusal> {
  if (asked === undefined) return refuse({ name: 'locationRequired', facts: {} })
  const location = findLocation(asked, locations)
  if (existing !== null && location?.name !== existing.location) {
    const facts = { resource: name, actual: existing.location, asked }
    return refuse({ name: 'locationImmutable', facts })
  }
  if (location === null) {
    const known = locations.map((one) => one.name)
    return refuse({ name: 'invalidLocation', facts: { location: asked, known } })
  }
  return accept(location.name)
}

/** What clients send back of what they read must be what it was, without regard to case. */
function refuseMismatch(
  type: ResourceType,
  name: string,
  body: RequestBody,
  existing: Resource | null,
): Refusal | null {
  if (!isStorable(body)) return invalid('body', { kind: 'invalid' })
  const state = body.properties?.['provisioningState']
  const parts = [
    { field: 'name', given: body.name, expected: name },
    { field: 'type', given: body.type, expected: type.type },
    { field: 'id', given: body.id, expected: existing?.id ?? body.id },
    {
      field: 'properties.provisioningState',
      given: typeof state === 'string' ? state : undefined,
      expected: existing === null ? 'Succeeded' : provisioningState(existing),
    },
  ]
  for (const { field, given, expected } of parts) {
    if (given === undefined || expected === undefined) continue
    if (given.toLowerCase() === expected.toLowerCase()) continue
    return invalid(field, { kind: 'mismatch', expected })
  }
  return null
}

function invalid(field: string, problem: FieldProblem): Refusal {
  return { name: 'invalidContent', facts: { field, problem } }
}
