import type { SignInClient } from './clients.ts'
import {
  malformedRequest,
  missingCredential,
  type TokenRefusal,
  temporarilyUnavailable,
  type Trace,
  unknownClient,
  unknownResource,
  unsupportedGrant,
} from './token-refusals.ts'

/** What is known about one token request while it passes through the OpenID library. */
export type Exchange = Trace & {
  readonly tenantId: string
  /** As the request names it; null when it names none. */
  readonly clientId: string | null
  readonly version: 'v1' | 'v2'
  /** The fields as sent, to word a refusal. */
  readonly form: URLSearchParams
  /** Set by the look-up. */
  client: SignInClient | null
  /** Set where our own rules refuse; it wins over the library's words. */
  refusal: TokenRefusal | null
}

/** What the library answered with an error status. */
type LibraryError = { readonly error?: string; readonly error_description?: string }

/**
 * The library's refusal in the words of Azure's clients. Ours, if there is one, is more exact and
 * wins.
 */
export function refusalOf(
  exchange: Exchange,
  answer: { readonly status: number; readonly body: unknown },
  publicOrigin: string,
): TokenRefusal {
  if (exchange.refusal !== null) return exchange.refusal
  if (answer.status >= 500) return temporarilyUnavailable()
  const { error, error_description: detail = 'it is malformed' } = (answer.body ??
    {}) as LibraryError
  switch (error) {
    case 'invalid_client':
      return exchange.client === null
        ? unknownClient(exchange.clientId ?? '', exchange.tenantId)
        : missingCredential()
    case 'unsupported_grant_type':
      return unsupportedGrant(exchange.form.get('grant_type') ?? '')
    case 'invalid_target':
      return unknownResource(exchange.form.get('resource') ?? '', publicOrigin)
    default:
      return malformedRequest(detail)
  }
}
