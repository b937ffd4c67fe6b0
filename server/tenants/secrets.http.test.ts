import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testRandom } from '../database/testing/test-database.ts'
import { dayMs, parseInstant } from '../kernel/instant.ts'
import { type Access, errorOf, openAccess, type Person } from '../roles/access-fixture.ts'
import { type NewSecret, api, directoryOf, principals } from './directory-fixture.ts'
import { secretsMax } from './principal.ts'

let access: Access
let directory: ReturnType<typeof directoryOf>
beforeAll(async () => {
  access = await openAccess()
  directory = directoryOf(access)
})
afterAll(async () => access[Symbol.asyncDispose]())

describe('a secret', () => {
  test('is made and shown once, signs in until it expires, and is taken away', async () => {
    await directory.makePrincipal('signer')
    const added = await directory.addSecret('admin', 'signer', { expiresInDays: 30 })
    expect(added.statusCode).toBe(200)
    const secret = added.json<NewSecret>()
    const made = (await directory.addSecret('admin', 'signer')).json<NewSecret>()
    expect(parseInstant(secret.expiresAt)! - parseInstant('2026-11-01T00:00:00Z')!).toBe(30 * dayMs)
    expect(await directory.signIn(secret, '2026-11-30T23:59:59Z')).toBe('valid')
    expect(await directory.signIn(secret, '2026-12-01T00:00:00Z')).toBe('expired')
    expect(await directory.signIn(made, '2026-12-01T00:00:00Z')).toBe('valid')

    const shown = await access.call('admin', 'GET', `${principals}/signer?${api}`)
    const { secrets } = shown.json().properties as { secrets: { secretId: string }[] }
    expect(secrets.map(({ secretId }) => secretId).toSorted()).toEqual(
      [secret.secretId, made.secretId].toSorted(),
    )
    expect(shown.body.includes('sha256')).toBe(false)
    const stored = await access.database.db.selectFrom('principal_secrets').selectAll().execute()
    const kept = stored.flatMap((row) => Object.values(row)).join(' ')
    expect(kept.includes(secret.secretId)).toBe(true)
    expect(kept.includes(secret.clientSecret)).toBe(false)
    expect(JSON.stringify(await access.history()).includes(secret.clientSecret)).toBe(false)

    const path = `${principals}/signer/secrets/${secret.secretId}?${api}`
    expect((await access.call('admin', 'DELETE', path)).statusCode).toBe(200)
    expect((await access.call('admin', 'DELETE', path)).statusCode).toBe(204)
    expect(await directory.signIn(secret, '2026-11-02T00:00:00Z')).toBe('wrong')
    expect(await directory.signIn(made, '2026-11-02T00:00:00Z')).toBe('valid')
  })

  test('is one of a few', async () => {
    await directory.makePrincipal('hoarder')
    for (let count = 0; count < secretsMax; count += 1) {
      expect((await directory.addSecret('admin', 'hoarder')).statusCode).toBe(200)
    }
    expect(errorOf(await directory.addSecret('admin', 'hoarder'))).toBe('409 TooManySecrets')
  })

  test.each([0, 731, 1.5, '30'])('is not made for %j days', async (expiresInDays) => {
    await directory.makePrincipal(
      `wrong-${String(expiresInDays).replace('.', '-')}-${typeof expiresInDays}`,
    )
    expect(errorOf(await directory.addSecret('admin', 'First', { expiresInDays }))).toBe(
      '400 InvalidRequestContent',
    )
  })

  test('by which the last who manages the tenant signs in is not taken away', async () => {
    const shown = await access.call('admin', 'GET', `${principals}/First?${api}`)
    const [only] = shown.json().properties.secrets as { secretId: string }[]
    const path = `${principals}/First/secrets/${only!.secretId}?${api}`
    expect(errorOf(await access.call('admin', 'DELETE', path))).toBe(
      '412 CannotDeleteLastRbacAdminAssignment',
    )
  })

  test('for another is made only by one who could give himself what that one holds', async () => {
    expect(errorOf(await directory.addSecret('contributor', 'First'))).toBe(
      '403 AuthorizationFailed',
    )
    const { objectId } = await directory.makePrincipal('directory-keeper')
    const roleId = testRandom.uuid()
    const definition = `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
    const defined = await access.call('admin', 'PUT', `${definition}?api-version=2022-04-01`, {
      properties: {
        roleName: 'Directory keeper',
        permissions: [{ actions: ['Reprieve.Lifecycle/servicePrincipals/*'] }],
        assignableScopes: ['/'],
      },
    })
    expect(defined.statusCode).toBe(201)
    const take = await directory.assignAtTenant(objectId, roleId)
    const refused = await directory.addSecret(objectId, 'First')
    expect(errorOf(refused)).toBe('403 AuthorizationFailed')
    expect(refused.json().error.message).toContain('roleAssignments/write')
    const disable = await access.call(objectId, 'DELETE', `${principals}/First?${api}`)
    expect(errorOf(disable)).toBe('403 AuthorizationFailed')
    // For himself he may, and make one that holds nothing.
    expect((await directory.addSecret(objectId, 'directory-keeper')).statusCode).toBe(200)
    const made = await access.call(objectId, 'PUT', `${principals}/made?${api}`, {})
    expect(made.statusCode).toBe(201)
    expect(await take()).toBe(200)
  })

  test.each<Person>(['owner', 'keeper', 'reader', 'nobody', 'payer'])(
    'is not made by %s, who has no say in the tenant',
    async (person) => {
      expect(errorOf(await directory.addSecret(person, 'First'))).toBe('403 AuthorizationFailed')
      const path = `${principals}/Second?${api}`
      expect(errorOf(await access.call(person, 'PUT', path, {}))).toBe('403 AuthorizationFailed')
    },
  )
})
