import { isUuid } from '../kernel/ids.ts'
import type { StoredSecret } from './secrets.ts'

/** What the issuer must know of a service principal to sign it in. */
export type SignInClient = {
  /** The principal, as role assignments name it: `oid` of the token. */
  readonly objectId: string
  readonly secrets: readonly StoredSecret[]
  readonly disabled: boolean
}

/**
 * Where service principals are kept. Both ids arrive as UUIDs in lower case. A rejection is
 * answered as a transient failure, never as a refusal.
 */
export type ClientDirectory = {
  /** Null when the tenant, or the client in it, does not exist. */
  readonly findClient: (tenantId: string, clientId: string) => Promise<SignInClient | null>
  /**
   * The tenant of a client, for sign-in at `/adfs`, which names none; null when there is no such
   * client.
   */
  readonly findTenantOfClient: (clientId: string) => Promise<string | null>
}

/** An id as the directory takes it; null for a text that can be no id, which needs no look-up. */
export function asId(text: string): string | null {
  return isUuid(text) ? text.toLowerCase() : null
}
