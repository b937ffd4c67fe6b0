import { randomUUID } from 'node:crypto'
import { ClientSecretCredential } from '@azure/identity'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { instant } from '../kernel/instant.ts'
import { realClock, type Running, startIssuer } from './issuer-fixture.ts'
import { createSigningKey } from './signing-keys.ts'

let running: Running
let tenantId: string
let client: { readonly clientId: string; readonly objectId: string; readonly secret: string }

beforeAll(async () => {
  running = await startIssuer([await createSigningKey()])
})
afterAll(() => running.close())
beforeEach(() => {
  tenantId = randomUUID()
  client = running.directory.add(tenantId)
})

/** Azure's own credential, unmodified, told only where the server is and whom to trust. */
function credential(overrides: { tenant?: string; clientId?: string; secret?: string } = {}) {
  return new ClientSecretCredential(
    overrides.tenant ?? tenantId,
    overrides.clientId ?? client.clientId,
    overrides.secret ?? client.secret,
    {
      authorityHost: running.origin,
      disableInstanceDiscovery: true,
      retryOptions: { maxRetries: 0 },
      tlsOptions: { ca: running.authorityPem },
    },
  )
}

describe("Azure's ClientSecretCredential", () => {
  test.each([
    ['the server itself', () => `${running.origin}/.default`],
    ['the server, as an endpoint with a slash behind', () => `${running.origin}//.default`],
    ['Azure Resource Manager', () => 'https://management.azure.com/.default'],
    [
      'the classic management name, as az asks',
      () => 'https://management.core.windows.net//.default',
    ],
  ])('gets a token for %s that the server accepts', async (_name, scope) => {
    const token = await credential().getToken(scope())
    expect(await running.issuer.verifyAccessToken(token.token, realClock.now())).toEqual({
      tenantId,
      objectId: client.objectId,
      appId: client.clientId,
      kind: 'ServicePrincipal',
      audience: scope().replace('/.default', ''),
    })
    expect(token.expiresOnTimestamp - Date.now()).toBeGreaterThan(59 * 60_000)
  })

  test('gets a token for storage, which is good for nothing else', async () => {
    const { token } = await credential().getToken('https://storage.azure.com/.default')
    const now = realClock.now()
    expect(await running.issuer.verifyAccessToken(token, now, 'storage')).toMatchObject({
      tenantId,
    })
    expect(await running.issuer.verifyAccessToken(token, now)).toMatchObject({
      reason: 'wrongAudience',
    })
  })

  test('signs in through the authority of Azure Stack, which names no tenant', async () => {
    const token = await credential({ tenant: 'adfs' }).getToken(`${running.origin}/.default`)
    expect(await running.issuer.verifyAccessToken(token.token, realClock.now())).toMatchObject({
      tenantId,
      objectId: client.objectId,
    })
  })

  test('is told that the secret is wrong', async () => {
    const asked = credential({ secret: 'not-the-secret' }).getToken(`${running.origin}/.default`)
    await expect(asked).rejects.toThrow(/AADSTS7000215: Invalid client secret/)
  })

  test('is told that the secret has expired', async () => {
    const found = running.directory.clients.get(client.clientId)!
    const secrets = found.client.secrets.map((one) => ({ ...one, expiresAt: instant(Date.now()) }))
    found.client = { ...found.client, secrets }
    const asked = credential().getToken(`${running.origin}/.default`)
    await expect(asked).rejects.toThrow(/AADSTS7000222: .* has expired/)
  })

  test('is told that no such client is there, also when it is in another tenant', async () => {
    const scope = `${running.origin}/.default`
    const stranger = credential({ clientId: randomUUID() }).getToken(scope)
    await expect(stranger).rejects.toThrow(/AADSTS700016: Application with identifier/)
    const elsewhere = credential({ tenant: randomUUID() }).getToken(scope)
    await expect(elsewhere).rejects.toThrow(/AADSTS700016: Application with identifier/)
  })

  test('is told that a foreign resource is not served here', async () => {
    const asked = credential().getToken('https://graph.microsoft.com/.default')
    await expect(asked).rejects.toThrow(
      /AADSTS500011: The resource 'https:\/\/graph.microsoft.com'/,
    )
  })
})
