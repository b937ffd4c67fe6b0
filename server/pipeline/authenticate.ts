import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { TokenProblem, VerifyAccessToken } from '../identity/access-tokens.ts'
import type { Instant } from '../kernel/instant.ts'
import { readGrants } from '../roles/store.ts'
import { type Caller, refuseRequest } from './operation.ts'

export type AuthenticateDependencies = {
  readonly db: Kysely<Schema>
  readonly verifyAccessToken: VerifyAccessToken
}

/** Who calls: a token of our issuer, of a principal that still exists and is not disabled. */
export async function authenticate(
  { db, verifyAccessToken }: AuthenticateDependencies,
  authorization: string | undefined,
  realNow: Instant,
): Promise<Caller> {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null
  const verified = await verifyAccessToken(token, realNow)
  if ('reason' in verified) refuseToken(verified)
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
    grants: await readGrants(db, verified.tenantId, principal.principal_id),
  }
}

const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' }

function refuseToken(problem: TokenProblem): never {
  switch (problem.reason) {
    case 'missing':
      return refuseRequest('missingToken', {}, { 'www-authenticate': 'Bearer' })
    case 'expired':
      return refuseRequest('expiredToken', {}, challenge)
    case 'wrongIssuer':
      return refuseRequest('wrongTenant', {}, challenge)
    case 'wrongAudience':
    case 'malformed':
    case 'badSignature':
    case 'notYetValid':
      return refuseRequest('invalidToken', { reason: problem.message }, challenge)
  }
}
