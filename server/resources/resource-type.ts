import type { TSchema } from 'typebox'
import type { Refusal } from '../../api/refusals.ts'
import type { Decision } from '../kernel/decision.ts'
import type { ProviderMeter, ResourceBody } from '../providers/contract.ts'
import type { Change } from '../subscriptions/change.ts'
import type { Resource } from './resource.ts'

/** A request's body after its schema was checked. Parts that clients send back are compared. */
export type RequestBody = {
  readonly id?: string
  readonly name?: string
  readonly type?: string
  readonly location?: string
  readonly kind?: string
  readonly sku?: { readonly [name: string]: unknown } & { readonly name: string }
  readonly tags?: { readonly [name: string]: string } | null
  readonly properties?: { readonly [name: string]: unknown }
}

/** What a type decides itself; location and tags follow the rules of all types. */
export type OwnContent = Pick<ResourceBody, 'kind' | 'sku' | 'properties'>

/**
 * A kind of resource as ARM's front door sees it. The table of these is all that the operations on
 * resources know; what the real thing is, its provider knows.
 */
export type ResourceType = {
  /** As it is published: `Microsoft.Storage/storageAccounts`. */
  readonly type: string
  readonly apiVersions: readonly string[]
  /** Meters that run from the creation to the deletion. */
  readonly meters: readonly ProviderMeter[]
  /** What a PUT answers that made one and saw it ready: 200 for types of an older style. */
  readonly createdStatus: 200 | 201
  readonly putBody: TSchema
  readonly patchBody: TSchema
  readonly checkName: (name: string) => Decision<string, Refusal>
  /** A PUT as what is to be stored. `existing`: its content, or null for a new one. */
  readonly decidePut: (
    body: RequestBody,
    existing: OwnContent | null,
  ) => Decision<OwnContent, Refusal>
  readonly decidePatch: (body: RequestBody, existing: OwnContent) => Decision<OwnContent, Refusal>
  /** Rows of its own, in the transaction that creates it. Throws a refusal when it cannot be. */
  readonly claim: (change: Change, uid: string, name: string) => Promise<void>
  /** The whole resource as ARM shows it. */
  readonly show: (resource: Resource, apiVersion: string) => object
}

export function namespaceOf(type: string): string {
  return type.split('/')[0] ?? type
}
