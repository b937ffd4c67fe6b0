import { createHash } from 'node:crypto'
import { canonicalJson } from '../../api/event-chain.ts'
import { formatInstant, type Instant } from '../kernel/instant.ts'
import type { ResourceBody } from '../providers/contract.ts'

/** A resource as it is stored. Its `uid` is its identity; its ARM id may change. */
export type Resource = ResourceBody & {
  readonly uid: string
  readonly tenantId: string
  readonly subscriptionId: string
  /** As it was written when the resource was made. */
  readonly id: string
  readonly groupKey: string
  readonly type: string
  readonly name: string
  readonly hostId: string
  readonly createdBy: string
  readonly createdAt: Instant
  readonly changedAt: Instant
  readonly deletedAt: Instant | null
  readonly destroyedAt: Instant | null
  /** Its own part of the wanted generation; the subscription's is the other. */
  readonly generation: number
  readonly observedState: string | null
  readonly lastError: string | null
  readonly remedy: string | null
}

export type ProvisioningState = 'Creating' | 'Succeeded' | 'Deleting'

/** Creating until it was first seen to exist; Deleting from the moment it was asked for. */
export function provisioningState(
  resource: Pick<Resource, 'deletedAt' | 'observedState'>,
): ProvisioningState {
  if (resource.deletedAt !== null) return 'Deleting'
  return resource.observedState === null ? 'Creating' : 'Succeeded'
}

/**
 * Changes with everything that a client can write. Of the content, not only of the time: a test
 * clock stands still, so two changes can bear the same instant.
 */
export function etagOf(resource: Resource): string {
  const { uid, generation, changedAt, kind, sku, tags, properties } = resource
  const content = canonicalJson({ uid, generation, changedAt, kind, sku, tags, properties })
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
}

/** What every type shows around its own `properties`. */
export function showEnvelope(resource: Resource): object {
  return {
    id: resource.id,
    name: resource.name,
    type: resource.type,
    ...(resource.kind === null ? {} : { kind: resource.kind }),
    ...(resource.sku === null ? {} : { sku: resource.sku }),
    location: resource.location,
    tags: resource.tags,
  }
}

export type ExpandedField = 'createdTime' | 'changedTime' | 'provisioningState'

/** An item of a list over all types, with the fields that `$expand` asks for. */
export function showListed(resource: Resource, expand: ReadonlySet<ExpandedField>): object {
  return {
    ...showEnvelope(resource),
    ...(expand.has('createdTime') ? { createdTime: formatInstant(resource.createdAt) } : {}),
    ...(expand.has('changedTime') ? { changedTime: formatInstant(resource.changedAt) } : {}),
    ...(expand.has('provisioningState') ? { provisioningState: provisioningState(resource) } : {}),
  }
}

export type ResourceAddress = {
  readonly subscriptionId: string
  readonly group: string
  readonly type: string
  readonly name: string
}

export function resourceId({ subscriptionId, group, type, name }: ResourceAddress): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/${type}/${name}`
}
