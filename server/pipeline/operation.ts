import type { TSchema } from 'typebox'
import type { Refusal } from '../../api/refusals.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Grant } from '../roles/role.ts'
import type { Subscription } from '../subscriptions/store.ts'

/** Who calls, with all that he holds in his tenant. */
export type Caller = {
  readonly tenantId: string
  readonly principalId: string
  readonly appId: string
  readonly kind: 'ServicePrincipal' | 'User'
  /** For messages; the object id identifies. */
  readonly name: string
  readonly grants: readonly Grant[]
}

/** What the request path hands to an operation: everything checked, nothing left to parse. */
export type OperationRequest<Body = unknown> = {
  readonly caller: Caller
  /** Path parameters as they were written. Compare them by their `...Key`, in lower case. */
  readonly params: { readonly [name: string]: string }
  /** Query parameters; names in lower case, without a leading `$`. */
  readonly query: { readonly [name: string]: string }
  readonly headers: { readonly [name: string]: string | undefined }
  readonly body: Body
  readonly apiVersion: string
  /** The subscription in the path, as it was when the request was admitted; else null. */
  readonly subscription: Subscription | null
  /** Real time, once per request. */
  readonly realNow: Instant
  readonly requestId: string
  /** Without a trailing slash; every link is built from it, never from the Host header. */
  readonly publicUrl: string
}

export type OperationResponse = {
  readonly status: number
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
}

/**
 * Whether an operation passes while its subscription is suspended, with the reason. There is no
 * default: who adds an operation decides. `asDataLoss`: it destroys data, so it also needs the
 * right to cancel. `not a subscription's`: there is no subscription whose state could matter.
 */
export type WhenSuspended =
  | { readonly allow: string; readonly asDataLoss?: true }
  | { readonly refuse: string }
  | 'not of a subscription'

export type Operation<Body = unknown> = {
  /** The operation id of the published description, such as `Subscription_Cancel`. */
  readonly name: string
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE'
  /** In the router's form: `/subscriptions/:subscriptionId/...`; several for several scopes. */
  readonly paths: readonly string[]
  /** The namespace and type whose api-versions are listed; for the refusal of another one. */
  readonly type: string
  readonly apiVersions: readonly string[]
  /** The ARM action asked for; null: whoever is signed in may, and sees his own. */
  readonly action: string | null
  /** The action that the handler asks for itself, where a path alone does not tell the scope. */
  readonly asks?: string
  /** The scope at which the action is asked for; default: what the path names. */
  readonly scope?: (params: { readonly [name: string]: string }) => string
  /** Answers for a purged subscription too, to those who may read what is left of it. */
  readonly afterPurge?: true
  readonly whenSuspended: WhenSuspended
  /** Body schema; absent: no body is read. */
  readonly body?: TSchema
  /** The body may be left out. */
  readonly bodyOptional?: true
  readonly handle: (request: OperationRequest<Body>) => Promise<OperationResponse>
}

/** Keeps the body's type together with its schema while a list holds operations of many bodies. */
export function operation<Body>(definition: Operation<Body>): Operation {
  return definition as unknown as Operation
}

/** Thrown by the request path and by handlers; answered as an ARM error. Rules return refusals. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly refusal: Refusal
  readonly headers: { readonly [name: string]: string }

  constructor(refusal: Refusal, headers: { readonly [name: string]: string } = {}) {
    super(refusal.name)
    this.refusal = refusal
    this.headers = headers
  }
}

export function refuseRequest<Name extends Refusal['name']>(
  name: Name,
  facts: Extract<Refusal, { name: Name }>['facts'],
  headers?: { readonly [name: string]: string },
): never {
  throw new RequestRefused({ name, facts } as Refusal, headers)
}
