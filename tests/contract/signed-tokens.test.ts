import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompactSign, type JWK, importJWK } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDataFolder } from '../../server/database/data-folder.ts'
import { migrations } from '../../server/database/migrations/all.ts'
import { schemaVersionOf } from '../../server/database/migrations.ts'
import { openInstallationKeys, readMasterKey } from '../../server/installation/keys.ts'
import { openDatabase } from '../../server/installation/open-database.ts'
import { program } from '../../server/installation/program.ts'
import { instant } from '../../server/kernel/instant.ts'
import { start } from '../../testing/index.ts'
import { askOf } from './ask.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { type Person, World } from './world-fixture.ts'

// Tokens that the server itself signed, but at another time, for somebody or something else. Its
// key is read while it is down: nobody can ask it for such a token.
const dataFolder = mkdtempSync(join(tmpdir(), 'reprieve-tokens-'))
const key = await signingKeyOf(dataFolder)
// Hooks at the end run in reverse: this one when the server is closed.
afterAll(() => rmSync(dataFolder, { recursive: true, force: true }))
const watched = useWatchedServer({ dataFolder }, 'embedded')
const ask = askOf(watched)

let claims: Record<string, unknown> = {}
let stranger: Person
let id = ''

beforeAll(async () => {
  const world = new World(watched.client)
  id = await world.subscription(watched.server.billingScope)
  stranger = await world.tenant('Strangers')
  const { tenantId, objectId, clientId } = watched.server.credential
  const now = Math.floor(Date.now() / 1000)
  claims = {
    iss: `${watched.server.endpoint}/${tenantId}/v2.0`,
    aud: 'https://management.azure.com',
    tid: tenantId,
    oid: objectId,
    appid: clientId,
    idtyp: 'app',
    nbf: now,
    exp: now + 3600,
  }
})

const hour = 3600

test('what it would have signed itself is accepted, so that the others fail for their reason', async () => {
  const { body } = await ask('GET', `/subscriptions/${id}`, '200', { as: await signed({}) })
  expect(body).toMatchObject({ subscriptionId: id })
})

test.each<[string, string, () => object]>([
  ['has expired', 'ExpiredAuthenticationToken', () => ({ exp: Number(claims['nbf']) - hour })],
  ['is not valid yet', 'InvalidAuthenticationToken', () => ({ nbf: Number(claims['nbf']) + hour })],
  ['says no end', 'InvalidAuthenticationToken', () => ({ exp: undefined })],
  [
    'is for the data in storage',
    'InvalidAuthenticationTokenAudience',
    () => ({ aud: 'https://storage.azure.com' }),
  ],
  [
    'is for another service',
    'InvalidAuthenticationTokenAudience',
    () => ({ aud: 'https://graph.microsoft.com' }),
  ],
  [
    'names two audiences',
    'InvalidAuthenticationToken',
    () => ({ aud: ['https://management.azure.com', 'https://graph.microsoft.com'] }),
  ],
  [
    'is of an issuer elsewhere',
    'InvalidAuthenticationTokenTenant',
    () => ({ iss: `https://login.microsoftonline.com/${String(claims['tid'])}/v2.0` }),
  ],
  [
    'is of the issuer of another tenant',
    'InvalidAuthenticationTokenTenant',
    () => ({ iss: `${watched.server.endpoint}/${stranger.tenantId}/v2.0` }),
  ],
  [
    'names a tenant that its principal is not in',
    'InvalidAuthenticationToken',
    () => ({
      tid: stranger.tenantId,
      iss: `${watched.server.endpoint}/${stranger.tenantId}/v2.0`,
    }),
  ],
  ['names nobody', 'InvalidAuthenticationToken', () => ({ oid: randomUUID() })],
])('a token that %s opens nothing', async (_what, code, change) => {
  const as = await signed(change())
  const { headers } = await ask('GET', `/subscriptions/${id}`, `401 ${code}`, { as })
  expect(headers['www-authenticate']).toContain('error="invalid_token"')
  const rename = { as, body: { subscriptionName: 'Taken' } }
  const path = `/subscriptions/${id}/providers/Microsoft.Subscription/rename`
  await ask('POST', path, `401 ${code}`, rename)
  const { body } = await ask('GET', `/subscriptions/${id}`, '200')
  expect(body).toMatchObject({ displayName: 'a subscription' })
})

test('a token of another kind, signed by the same key, opens nothing', async () => {
  const as = await signed({}, 'JWT')
  const refused = await ask('GET', '/subscriptions', '401 InvalidAuthenticationToken', { as })
  expect(refused.headers['www-authenticate']).toContain('Bearer')
})

async function signed(change: object, typ = 'at+jwt'): Promise<{ token: string }> {
  const payload = new TextEncoder().encode(JSON.stringify({ ...claims, ...change }))
  const header = { alg: 'RS256', kid: String(key.kid), typ }
  const signer = new CompactSign(payload).setProtectedHeader(header)
  return { token: await signer.sign(await importJWK(key, 'RS256')) }
}

/** The key of a server that has been started on the folder once and is down again. */
async function signingKeyOf(folder: string): Promise<JWK> {
  await (await start({ dataFolder: folder })).close()
  const now = instant(Date.now())
  const random = { uuid: () => randomUUID(), bytes: (length: number) => randomBytes(length) }
  const opened = openDataFolder({
    folder,
    program: program(schemaVersionOf(migrations), 'pglite'),
    random,
    now,
  })
  const log = pino({ level: 'silent' })
  const settings = { databaseUrl: null, templateCache: null } as Parameters<typeof openDatabase>[0]
  const database = await openDatabase(settings, opened, { clock: { now: () => now }, random, log })
  try {
    const masterKey = readMasterKey(folder, null, random)
    const { signingKeys } = await openInstallationKeys(database, masterKey, now, random)
    const [first] = signingKeys
    if (first === undefined) throw new Error('the server has no key to sign with')
    return first.privateJwk
  } finally {
    await database.close()
    opened.close()
  }
}

testTraffic(watched)
