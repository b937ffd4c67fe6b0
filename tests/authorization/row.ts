import type { Actor } from './actors.ts'
import type { Place, State } from './place.ts'
import type { World } from './world.ts'

export type Method = 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE'

type Values = { readonly [parameter: string]: string }

/** A path of an operation, in the router's form, with what its parameters are filled with. */
export type Probe = {
  readonly path: string
  readonly fill?: Values | ((world: World) => Values)
  readonly query?: string
  readonly body?: object | ((place: Place) => object)
}

/**
 * A path with a subscription in it, and who may. Whoever is not in `may` and sees the subscription
 * is refused by name; whoever does not see it is told that there is none.
 */
export type SubscriptionProbe = Probe & {
  readonly may: readonly Actor[]
  /**
   * While the subscription is suspended: whoever may passes, is refused because it is read-only, or
   * passes only if he may also cancel (it destroys data).
   */
  readonly suspended: 'passes' | 'readOnly' | 'cancellers'
  /** The answer to whoever passes; one for all states, or one for each in which somebody does. */
  readonly passes: string | { readonly [Name in State]?: string }
  /** One of the acts that the offer reserves: the refusal then names whom the offer admits. */
  readonly act?: 'cancel' | 'reactivate' | 'delete' | 'upgrade'
  /** Seen by whoever reads the billing account too, also when the rest is gone. */
  readonly afterPurge?: readonly Actor[]
  /** In these states only; all unless given. For the many paths of one operation. */
  readonly states?: readonly State[]
  /** What a passing call changed is put back before the next one. */
  readonly changes?: true
}

/** A path without a subscription: every actor by the answer that he gets. */
export type TenantProbe = Probe & {
  readonly answers: {
    readonly [answer: string]: readonly Actor[] | 'everybody' | 'everybody else'
  }
  /** What a passing call takes away is made, as the tenant's Owner, before each call. */
  readonly prepare?: (world: World) => { readonly path: string; readonly body: object }
  /** Which roles a 403 names. */
  readonly named?: readonly string[]
}

export type Row = {
  /** The operation's name. */
  readonly operation: string
  readonly method: Method
  readonly inSubscription?: readonly SubscriptionProbe[]
  readonly inTenant?: readonly TenantProbe[]
}
