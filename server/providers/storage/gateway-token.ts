import {
  AccountSASPermissions,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import { addMs, type Instant, minuteMs } from '../../kernel/instant.ts'
import type { AccountView } from './gateway-options.ts'
import type { DataAction } from './gateway-target.ts'

/** Long enough for a slow body to begin, too short to be of use to anybody who sees it. */
const signatureLifeMs = 5 * minuteMs

/**
 * The path with a signature that allows one action and no more. The server behind knows keys and
 * signatures, not our tokens; whoever reaches this has shown a good token to the gateway.
 */
export function signPath(
  path: string,
  account: AccountView,
  action: DataAction,
  now: Instant,
): string {
  const expiresOn = new Date(addMs(now, signatureLifeMs))
  const signature = generateAccountSASQueryParameters(
    {
      expiresOn,
      permissions: AccountSASPermissions.parse(action.permissions),
      services: 'b',
      resourceTypes: action.resourceTypes,
    },
    new StorageSharedKeyCredential(account.name, account.keys[0]),
  )
  return `${path}${path.includes('?') ? '&' : '?'}${signature.toString()}`
}

/** The token of an `Authorization: Bearer` header, or null. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}
