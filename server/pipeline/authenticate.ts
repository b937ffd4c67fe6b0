import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import {
  type TokenProblem,
  type VerifyAccessToken,
  bearerToken,
  challengeFor,
} from '../identity/access-tokens.ts'
import { acceptedAudiences } from '../identity/addresses.ts'
import { isUuid } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { readGrants } from '../roles/store.ts'
import { type Caller, refuseRequest } from './operation.ts'

export type AuthenticateDependencies = {
  readonly db: Kysely<Schema>
  readonly verifyAccessToken: VerifyAccessToken
  readonly publicUrl: () => string
}

/**
 * Who calls: a token of our issuer, of a principal that still exists and is not disabled.
 *
 * @param subscriptionId the subscription of the path, as it was written; undefined: none.
 */
export async function authenticate(
  { db, verifyAccessToken, publicUrl }: AuthenticateDependencies,
  authorization: string | undefined,
  realNow: Instant,
  subscriptionId?: string,
): Promise<Caller> {
  const verified = await verifyAccessToken(bearerToken(authorization), realNow)
  if ('reason' in verified) refuseToken(verified, publicUrl())
  const principal = await db
    .selectFrom('principals')
    .select(['principal_id', 'app_id', 'kind', 'name', 'disabled'])
    .where('tenant_id', '=', verified.tenantId)
    .where('principal_id', '=', verified.objectId)
    .executeTakeFirst()
  if (principal === undefined || principal.disabled) {
    refuseRequest('invalidToken', { reason: 'its principal was removed or disabled.' }, challenge)
  }
  return {
    tenantId: verified.tenantId,
    principalId: principal.principal_id,
    appId: principal.app_id,
    kind: principal.kind,
    name: principal.name,
    grants: await readGrants(
      db,
      verified.tenantId,
      principal.principal_id,
      subscriptionId !== undefined && isUuid(subscriptionId) ? subscriptionId : null,
    ),
  }
}

const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' }

/** The challenge tells a client where to sign in; the codes are those that Azure's clients know. */
function refuseToken(problem: TokenProblem, publicUrl: string): never {
  const headers = { 'www-authenticate': challengeFor(problem, publicUrl) }
  switch (problem.reason) {
    case 'missing':
      return refuseRequest('missingToken', {}, headers)
    case 'expired':
      return refuseRequest('expiredToken', {}, headers)
    case 'wrongIssuer':
      return refuseRequest('wrongTenant', {}, headers)
    case 'wrongAudience': {
      const accepted = acceptedAudiences(
        { publicOrigin: publicUrl, otherOrigins: [] },
        'management',
      )
      return refuseRequest('wrongAudience', { accepted }, headers)
    }
    case 'malformed':
    case 'badSignature':
    case 'notYetValid':
      return refuseRequest('invalidToken', { reason: problem.message }, headers)
  }
}
