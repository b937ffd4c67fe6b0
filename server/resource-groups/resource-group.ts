import { canonicalJson } from '../../api/event-chain.ts'
import type { Refusal } from '../../api/refusals.ts'
import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Instant } from '../kernel/instant.ts'
import { type Location, findLocation } from '../locations/location.ts'
import { type Tags, checkTags } from '../tags/tags.ts'

export type ResourceGroup = {
  readonly uid: string
  readonly subscriptionId: string
  readonly name: string
  readonly location: string
  readonly tags: Tags
  readonly managedBy: string | null
  readonly provisioningState: 'Succeeded' | 'Deleting'
  readonly createdAt: Instant
  readonly changedAt: Instant
}

export const resourceGroupType = 'Microsoft.Resources/resourceGroups'

const nameShape = /^[\p{L}\p{N}\-_.()]{1,90}$/u

/** ARM's rule: 1 to 90 letters, digits or `-_().`, not ending in a full stop. */
export function checkGroupName(name: string): Decision<string, Refusal> {
  const valid = nameShape.test(name) && !name.endsWith('.')
  if (valid) return accept(name)
  return refuse({
    name: 'invalidName',
    facts: { field: 'resource group', name, rule: 'resourceGroup' },
  })
}

export function groupId(group: Pick<ResourceGroup, 'subscriptionId' | 'name'>): string {
  return `/subscriptions/${group.subscriptionId}/resourceGroups/${group.name}`
}

/** As ARM shows a group, with what clients send back in a whole PUT. */
export function showGroup(group: ResourceGroup): object {
  return {
    id: groupId(group),
    name: group.name,
    type: resourceGroupType,
    location: group.location,
    ...(group.managedBy === null ? {} : { managedBy: group.managedBy }),
    tags: group.tags,
    properties: { provisioningState: group.provisioningState },
  }
}

export type GroupBody = {
  readonly id?: string
  readonly name?: string
  readonly type?: string
  readonly location?: string
  readonly tags?: Tags | null
  readonly managedBy?: string | null
  readonly properties?: { readonly provisioningState?: string }
}

/** What is stored of a group that its owner writes. */
export type GroupContent = Pick<ResourceGroup, 'location' | 'tags' | 'managedBy'>

/** A whole group as asked: replaces tags and manager; the location of an existing one stays. */
export function decidePutGroup(
  name: string,
  body: GroupBody,
  existing: ResourceGroup | null,
  locations: readonly Location[],
): Decision<GroupContent, Refusal> {
  const named = checkGroupName(name)
  if (!named.accepted) return named
  if (existing?.provisioningState === 'Deleting') return beingDeleted(existing.name)
  const mismatch = findMismatch(body, name, existing)
  if (mismatch !== null) return refuse(mismatch)
  if (body.location === undefined) return refuse({ name: 'locationRequired', facts: {} })
  const location = findLocation(body.location, locations)
  if (location === null) {
    const known = locations.map((one) => one.name)
    return refuse({ name: 'invalidLocation', facts: { location: body.location, known } })
  }
  if (existing !== null && existing.location !== location.name) {
    const facts = { group: existing.name, actual: existing.location, asked: body.location }
    return refuse({ name: 'groupLocationImmutable', facts })
  }
  const tags = checkTags(body.tags ?? {})
  if (!tags.accepted) return tags
  return accept({ location: location.name, tags: tags.value, managedBy: body.managedBy ?? null })
}

/** Tags are replaced whole when they are given; all else stays. */
export function decidePatchGroup(
  body: GroupBody,
  existing: ResourceGroup,
): Decision<GroupContent, Refusal> {
  if (existing.provisioningState === 'Deleting') return beingDeleted(existing.name)
  const mismatch = findMismatch(body, existing.name, existing)
  if (mismatch !== null) return refuse(mismatch)
  const tags = checkTags(body.tags ?? (body.tags === null ? {} : existing.tags))
  if (!tags.accepted) return tags
  const managedBy = body.managedBy === undefined ? existing.managedBy : body.managedBy
  return accept({ location: existing.location, tags: tags.value, managedBy })
}

/** Whether a write would leave everything as it is: then it is answered and not recorded. */
export function isSameGroup(before: GroupContent, after: GroupContent): boolean {
  const content = ({ location, tags, managedBy }: GroupContent): string =>
    canonicalJson({ location, tags, managedBy })
  return content(before) === content(after)
}

export function beingDeleted(group: string): Decision<never, Refusal> {
  return refuse({ name: 'groupBeingDeleted', facts: { group } })
}

/** What clients send back of what they read must be what it was. */
function findMismatch(
  body: GroupBody,
  name: string,
  existing: ResourceGroup | null,
): Refusal | null {
  const state = body.properties?.provisioningState
  const parts = [
    { field: 'name', given: body.name, expected: name },
    { field: 'type', given: body.type, expected: resourceGroupType },
    {
      field: 'properties.provisioningState',
      given: state,
      expected: existing?.provisioningState ?? 'Succeeded',
    },
  ]
  for (const { field, given, expected } of parts) {
    if (given === undefined || given.toLowerCase() === expected.toLowerCase()) continue
    return { name: 'invalidContent', facts: { field, problem: { kind: 'mismatch', expected } } }
  }
  return null
}
