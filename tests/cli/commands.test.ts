import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runLine } from '../../cli/surroundings-fixture.ts'
import { start, type TestServer } from '../../testing/index.ts'
import { type Reprieve, reprieveFor } from './process-fixture.ts'

let server: TestServer
let folder: string
let reprieve: Reprieve
/** Bills what the tests make, on a clock that they move. */
const scope = '/providers/Microsoft.Billing/billingAccounts/cli'

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-commands-'))
  server = await start()
  reprieve = reprieveFor(server, folder)
  const clock = ['clock', 'create', 'cli', '--now', '2026-11-01T00:00:00Z']
  expect(await reprieve.run(clock)).toMatchObject({ code: 0, errors: '' })
  const path = '/providers/Reprieve.Lifecycle/billingAccounts/cli'
  const body = { properties: { displayName: 'Commands', testClock: 'cli' } }
  expect(await server.client.request('PUT', path, { body })).toMatchObject({ status: 201 })
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function create(name: string): Promise<string> {
  const { subscriptionId } = await reprieve.json<{ subscriptionId: string }>([
    ...`subscription create --billing-scope ${scope}`.split(' '),
    name,
  ])
  return subscriptionId
}

/** Somebody at a terminal who types an answer. */
function type(typed: string, line: readonly string[]) {
  const environment = { REPRIEVE_DATA: server.dataFolder }
  return runLine(line, { folder, environment, typed })
}

test('the same creation twice makes one subscription; a name that two have is refused', async () => {
  const id = await create('Twice')
  const again = await reprieve.run(['subscription', 'create', 'Twice', '--billing-scope', scope])
  expect(again).toMatchObject({ code: 0 })
  expect(again.output).toContain(`stands for ${id} already; nothing was made`)
  const second = await reprieve.json<{ subscriptionId: string }>(
    `subscription create Twice --alias twice-2 --billing-scope ${scope}`.split(' '),
  )
  const shown = await reprieve.run(['subscription', 'show', 'Twice'])
  expect(shown).toMatchObject({ code: 1, output: '' })
  for (const one of [id, second.subscriptionId]) expect(shown.errors).toContain(one)
  const renamed = ['subscription', 'rename', second.subscriptionId, 'Zweimal']
  expect(await reprieve.run(renamed)).toMatchObject({ code: 0 })
  const found = await reprieve.json<{ subscriptionId: string }>(['subscription', 'show', 'zweimal'])
  expect(found.subscriptionId).toBe(second.subscriptionId)
})

test('a subscription is created in the billing account of the first sign-in by default', async () => {
  const { subscriptionId } = await reprieve.json<{ subscriptionId: string }>([
    'subscription',
    'create',
    'By default',
  ])
  const shown = await reprieve.json<{ billingAccount: string }>([
    'subscription',
    'show',
    subscriptionId,
  ])
  expect(shown.billingAccount).toBe('default')
})

test('nothing is cancelled unless the person at the terminal agrees to the plan', async () => {
  const id = await create('Asked')
  const cancel = ['subscription', 'cancel', 'Asked', '--no-wait']
  for (const answer of ['', 'n', 'never']) {
    const refused = await type(answer, cancel)
    expect(refused).toMatchObject({ code: 1, output: '' })
    expect(refused.errors).toContain('It holds no resources')
    expect(refused.errors).toContain('Nothing was cancelled.')
  }
  const kept = await reprieve.json<{ state: string }>(['subscription', 'show', id])
  expect(kept.state).toBe('Enabled')
  expect(await type('y', cancel)).toMatchObject({ code: 0 })
  const before = await reprieve.json<{ state: string; purgeAt: string }>([
    'subscription',
    'cancel',
    id,
    '--yes',
  ])
  expect(before).toMatchObject({ state: 'Disabled', plan: null })
})

test('a cancel is taken back, and blobs are as they were', async () => {
  const id = await create('Back again')
  const account = `backagain${id.slice(0, 6)}`
  const made = `storage create ${account} --group data --subscription ${id}`.split(' ')
  expect(await reprieve.run(made)).toMatchObject({ code: 0 })
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251))
  const source = join(folder, 'source.bin')
  writeFileSync(source, bytes)
  const blob = `${account}/files/deep/er/source.bin`
  const write = ['storage', 'write', blob, '--from', source]
  const missing = await reprieve.run(write)
  expect(missing).toMatchObject({ code: 1 })
  expect(missing.errors).toMatch(/--create-container.*ContainerNotFound/)
  expect(await reprieve.run([...write, '--create-container'])).toMatchObject({ code: 0 })
  const again = await reprieve.run(write)
  expect(again).toMatchObject({ code: 1 })
  expect(again.errors).toMatch(/--overwrite.*BlobAlreadyExists/)

  const keys = await reprieve.json<unknown[]>(['storage', 'keys', account])
  expect(keys).toHaveLength(2)
  const piped = ['storage', 'write', `${account}/files/piped.txt`, '--auth-mode', 'key']
  expect(await reprieve.run(piped, 'from a pipe')).toMatchObject({ code: 0 })

  expect(await reprieve.run(['subscription', 'cancel', id, '--yes'])).toMatchObject({ code: 0 })
  const refused = await reprieve.run(['storage', 'write', `${account}/files/no`, '--text', 'no'])
  expect(refused.errors).toContain('InsufficientAccountPermissions')
  const hidden = await reprieve.run(['storage', 'keys', account])
  expect(hidden.errors).toContain('ReadOnlyDisabledSubscription')
  const target = join(folder, 'target.bin')
  expect(await reprieve.run(['storage', 'read', blob, '--to', target])).toMatchObject({ code: 0 })
  expect(readFileSync(target).equals(bytes)).toBe(true)

  const back = await reprieve.run(['subscription', 'reactivate', 'Back again'])
  expect(back).toMatchObject({ code: 0 })
  expect(back.output).toContain('is Enabled. Writes pass again.')
  const after = ['storage', 'write', `${account}/files/yes`, '--text', 'yes']
  expect(await reprieve.run(after)).toMatchObject({ code: 0 })
  const resources = await reprieve.json<{ name: string }[]>(
    `resource list --subscription ${id} --group data`.split(' '),
  )
  expect(resources.map(({ name }) => name)).toEqual([account])
}, 120_000)

test('an early deletion needs its day and the typed name, and leaves a history that verifies', async () => {
  const id = await create('Early')
  expect(await reprieve.run(['subscription', 'cancel', id, '--yes'])).toMatchObject({ code: 0 })
  const remove = ['subscription', 'delete', id]
  expect((await reprieve.run(remove)).errors).toContain('add --confirm-name')
  const early = await reprieve.run([...remove, '--confirm-name', 'Early'])
  expect(early.errors).toContain('SubscriptionNotYetDeletable')
  const advanced = await reprieve.run(['clock', 'advance', 'cli', '--by', 'P3D'])
  expect(advanced).toMatchObject({ code: 0 })
  const wrong = await type('early', remove)
  expect(wrong).toMatchObject({ code: 1 })
  expect(wrong.errors).toContain('SubscriptionNameMismatch')
  const gone = await reprieve.run([...remove, '--confirm-name', 'Early'])
  expect(gone).toMatchObject({ code: 0 })
  expect(gone.output).toContain('is gone since')
  const verified = await reprieve.json<{ events: number; problems: unknown[] }[]>([
    'events',
    'verify',
    id,
  ])
  expect(verified).toMatchObject([{ problems: [] }])
  const listed = await reprieve.json<unknown[]>(['events', 'list', id])
  expect(listed).toHaveLength(verified[0]!.events)
}, 120_000)

test('every history that may be read verifies; one that is not there is refused', async () => {
  const all = await reprieve.json<{ stream: string; problems: unknown[] }[]>(['events', 'verify'])
  expect(all.map(({ stream }) => stream)).toEqual(
    expect.arrayContaining(['tenant', 'account/default', 'account/cli']),
  )
  expect(all.flatMap(({ problems }) => problems)).toEqual([])
  const other = await reprieve.run(['events', 'verify', '--billing-account', 'nobody'])
  expect(other.code).toBe(1)
})

test('price lists are shown and set, and a file that is no list is refused before anything changes', async () => {
  const usual = await reprieve.run('price-list show default --currency jpy'.split(' '))
  expect(usual.output).toMatch(/^PayAsYouGo +storage-gb-months +JPY +2\.76 +2000-01-01 00:00 UTC$/m)
  expect(usual.output).not.toContain('EUR')
  const entry = {
    offer: 'PayAsYouGo',
    meter: 'vcpu-hours',
    unitPrices: { EUR: '0.04', USD: '0.05' },
  }
  const listed = { prices: [{ ...entry, effectiveFrom: '2100-01-01T00:00:00Z' }] }
  const file = join(folder, 'prices.json')
  const set = ['price-list', 'set', 'Gold', '--from', 'prices.json']
  expect((await reprieve.run(set)).errors).toContain('cannot be read')
  for (const [text, error] of [
    ['{', 'is no JSON'],
    ['[]', 'holds no prices'],
    [JSON.stringify({ prices: [{ ...listed.prices[0], meter: 'lamps' }] }), "prices[0].meter'"],
  ] as const) {
    writeFileSync(file, text)
    const refused = await reprieve.run(set)
    expect(refused).toMatchObject({ code: 1, output: '' })
    expect(refused.errors).toContain(error)
  }
  expect((await reprieve.run(['price-list', 'show', 'Gold'])).errors).toContain('NotFound')
  writeFileSync(file, JSON.stringify(listed))
  expect((await reprieve.run(set)).output).toBe('Created. Gold holds 2 prices (version 1).\n')
  const shown = await reprieve.json<{ properties: object }>(['price-list', 'show', 'gold'])
  writeFileSync(file, JSON.stringify(shown))
  expect((await reprieve.run(set)).output).toBe('Gold holds 2 prices (version 1).\n')
  const past = { ...entry, effectiveFrom: '2001-01-01T00:00:00Z' }
  writeFileSync(file, JSON.stringify({ prices: [past] }))
  expect((await reprieve.run(set)).errors).toContain('forward')
  const all = await reprieve.json<{ name: string }[]>(['price-list', 'show'])
  expect(all.map(({ name }) => name).toSorted()).toEqual(['Gold', 'default'])
})

test('a test clock never goes back, and says where it stands', async () => {
  const back = ['clock', 'advance', 'cli', '--to', '2026-01-01T00:00:00Z']
  const refused = await reprieve.run(back)
  expect(refused).toMatchObject({ code: 1, output: '' })
  expect(refused.errors).toContain('TestClockCannotGoBack')
  const clock = await reprieve.json<{ properties: { status: string } }>(['clock', 'show', 'cli'])
  expect(clock.properties.status).toBe('Ready')
})

test('signing in keeps a session that works without the data folder, until signing out', async () => {
  const elsewhere = reprieveFor({ dataFolder: '/nowhere' }, folder)
  const { tenantId, clientId, clientSecret } = server.credential
  const line = ['login', '--server', server.endpoint, '--tenant', tenantId, '--client-id', clientId]
  const wrong = [...line, '--ca', server.caFile, '--client-secret', 'wrong']
  expect((await elsewhere.run(wrong)).errors).toContain('AADSTS')
  const untrusted = [...line, '--client-secret', clientSecret]
  expect((await elsewhere.run(untrusted)).errors).toMatch(/--ca <file>.*CertificateNotTrusted/)
  expect((await elsewhere.run(['subscription', 'list'])).errors).toContain('You are not signed in')

  const signedIn = await elsewhere.run([...untrusted, '--ca', server.caFile])
  expect(signedIn).toMatchObject({ code: 0 })
  expect(signedIn.output + signedIn.errors).not.toContain(clientSecret)
  expect(statSync(join(folder, 'config', 'session.json')).mode & 0o777).toBe(0o600)
  expect(await elsewhere.run(['subscription', 'list'])).toMatchObject({ code: 0 })
  expect(await elsewhere.run(['logout'])).toMatchObject({ code: 0 })
  expect(await elsewhere.run(['subscription', 'list'])).toMatchObject({ code: 1, output: '' })
})
