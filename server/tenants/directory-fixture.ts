import { expect } from 'vitest'
import { judgeSecret } from '../identity/secrets.ts'
import { parseInstant } from '../kernel/instant.ts'
import { type Access, give } from '../roles/access-fixture.ts'
import { clientDirectory } from './store.ts'

export const api = 'api-version=2026-11-01'
export const tenants = '/providers/Reprieve.Lifecycle/tenants'
export const principals = '/providers/Reprieve.Lifecycle/servicePrincipals'

export type NewSecret = {
  readonly tenantId: string
  readonly objectId: string
  readonly clientId: string
  readonly secretId: string
  readonly clientSecret: string
  readonly expiresAt: string
}

type ShownPrincipal = { readonly name: string; readonly properties: { readonly objectId: string } }

/** The calls of an administrator to whom principals and secrets are everyday things. */
export function directoryOf(access: Access) {
  return {
    /** What the issuer answers to one who presents a secret. */
    signIn: async (secret: NewSecret, at: string): Promise<string> => {
      const directory = clientDirectory(access.database.db)
      expect(await directory.findTenantOfClient(secret.clientId)).toBe(secret.tenantId)
      const client = await directory.findClient(secret.tenantId, secret.clientId)
      if (client === null) return 'unknown'
      if (client.disabled) return 'disabled'
      expect(client.objectId).toBe(secret.objectId)
      return judgeSecret(secret.clientSecret, client.secrets, parseInstant(at)!)
    },
    makePrincipal: async (name: string, properties: object = {}) => {
      const path = `${principals}/${name}?${api}`
      const response = await access.call('admin', 'PUT', path, { properties })
      expect(response.statusCode).toBe(201)
      const shown = response.json<ShownPrincipal>()
      return { objectId: shown.properties.objectId, shown }
    },
    addSecret: (as: string, name: string, properties?: object) => {
      const content = properties === undefined ? undefined : { properties }
      return access.call(as, 'POST', `${principals}/${name}/addSecret?${api}`, content)
    },
    assignAtTenant: async (principalId: string, roleId: string) => {
      const { response, take } = await give(access, 'admin', '/', roleId, principalId)
      expect(response.statusCode).toBe(201)
      return take
    },
  }
}
