import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shopFiles } from '../../cli/demo/files.ts'
import { imageBytes, imageName } from '../../cli/demo/image.ts'
import { start, type TestServer } from '../../testing/index.ts'
import { type Reprieve, reprieveFor } from './process-fixture.ts'

let server: TestServer
let folder: string
let reprieve: Reprieve

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-demo-'))
  server = await start()
  reprieve = reprieveFor(server, folder)
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

type Demo = {
  readonly name: string
  readonly now: string
  readonly archive: string
  readonly shop: string
  readonly trial: string
  readonly storage: string
  readonly made: readonly string[]
  readonly next: readonly string[]
}

/** The words of a command that is shown to be copied, as a shell would split them. */
function wordsOf(command: string | undefined): string[] {
  const words = [...(command ?? '').matchAll(/"([^"]*)"|(\S+)/g)]
  return words.map(([, quoted, plain]) => quoted ?? plain ?? '').slice(2)
}

/** The files anywhere in the data folder that hold this text. */
function filesHolding(text: string): string[] {
  const entries = readdirSync(server.dataFolder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => readFileSync(file).includes(text))
}

test('the walk of the demonstration: cancelled, read, refused, advanced, gone', async () => {
  const made = await reprieve.run(['demo'])
  expect(made, made.errors).toMatchObject({ code: 0 })
  expect(made.output).toContain('The demonstration is ready.')
  const demo = await reprieve.json<Demo>(['demo'])
  expect(demo.made).toEqual([])
  expect(demo.now).toBe('2026-11-01T09:00:00.000Z')
  for (const command of demo.next) expect(made.output).toContain(command)

  const archive = await reprieve.json<{ state: string; cancelledAt: string; offer: string }>([
    'subscription',
    'show',
    demo.archive,
  ])
  expect(archive).toMatchObject({ state: 'Disabled', cancelledAt: '2026-09-02T09:00:00.000Z' })
  const trial = await reprieve.json<{ state: string; offer: string }>([
    'subscription',
    'show',
    'Demo trial',
  ])
  expect(trial).toMatchObject({ state: 'Enabled', offer: 'FreeTrial' })

  const [plan, cancel, read, write, advance, show, list, download, verify] = demo.next.map(wordsOf)
  const planned = await reprieve.run(plan ?? [])
  expect(planned).toMatchObject({ code: 0 })
  expect(planned.output).toContain(demo.storage)
  expect(planned.output).toContain('2027-01-30 09:00 UTC (90 days, free)')
  expect(planned.output).toMatch(/Final invoice +2026-11-15/)
  // 20 GB for 17 days, less the moment in which they were written.
  expect(planned.output).toMatch(/ storage-gb-months +11\.178\d* GB-month +0\.0171 +0\.19\n/)
  expect(planned.output).toMatch(/Before tax +0\.19\n +Tax \(19 %\) +0\.04\n +Total +0\.23\n/)
  expect(planned.output).toContain('Nothing is charged after that')

  const unasked = await reprieve.run(cancel ?? [])
  expect(unasked).toMatchObject({ code: 1, output: '' })
  expect(unasked.errors).toMatch(/Nothing was cancelled: .* add --yes/)
  const cancelled = await reprieve.run([...(cancel ?? []), '--yes'])
  expect(cancelled).toMatchObject({ code: 0 })
  expect(cancelled.output).toContain('is Disabled. Its data can be read until 2027-01-30 09:00 UTC')

  const readme = shopFiles().find(({ name }) => name === 'readme.txt')
  expect(await reprieve.run(read ?? [])).toEqual({ code: 0, output: readme?.content, errors: '' })
  const refused = await reprieve.run(write ?? [])
  expect(refused).toMatchObject({ code: 1, output: '' })
  expect(refused.errors).toContain('InsufficientAccountPermissions')
  const stored = await reprieve.json<{ name: string; bytes: number }[]>([
    'storage',
    'ls',
    `${demo.storage}/files`,
  ])
  const expected = [
    ...shopFiles().map(({ name, content }) => [name, Buffer.byteLength(content)]),
    [imageName, imageBytes],
  ]
  expect(stored.map(({ name, bytes }) => [name, bytes])).toEqual(
    expected.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  )

  const content = 'Everything that the shop runs on'
  expect(filesHolding(content)).toHaveLength(1)
  expect(await reprieve.run(advance ?? [])).toMatchObject({ code: 0 })
  const gone = await reprieve.run(show ?? [])
  expect(gone).toMatchObject({ code: 0 })
  expect(gone.output).toMatch(/State +Deleted/)
  expect(filesHolding(content)).toEqual([])
  expect(gone.output).toMatch(/Gone +2027-01-30 09:00 UTC/)
  expect(await reprieve.run(read ?? [])).toMatchObject({ code: 1, output: '' })

  const again = await reprieve.run(['subscription', 'cancel', demo.shop, '--yes'])
  expect(again).toMatchObject({ code: 1, output: '' })
  expect(again.errors).toContain('is deleted for good, since 2027-01-30 09:00 UTC')
  const invoiced = await reprieve.run(list ?? [])
  const [, invoice] = invoiced.output.trimEnd().split('\n')
  expect(invoice?.split(/ {2,}/)).toEqual([
    'TIN00000001',
    'demo',
    '2026-11-15',
    '2026-10-15 to 2026-11-15',
    '0.23 EUR',
    '0.23 EUR',
    'OverDue',
    '2026-12-15',
  ])
  expect(await reprieve.run(download ?? [])).toMatchObject({ code: 0 })
  const pdf = readFileSync(join(folder, 'TIN00000001.pdf'))
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')

  const verified = await reprieve.run(verify ?? [])
  expect(verified).toMatchObject({ code: 0 })
  expect(verified.output).toMatch(
    /: \d+ events, the data of \d+ destroyed, head [0-9a-f]{64}: whole/,
  )

  const after = await reprieve.run(['demo'])
  expect(after).toMatchObject({ code: 0, errors: '' })
  expect(after.output).toContain('"Demo shop" is gone')
}, 120_000)

test('a demonstration is removed whole, and a new one can be made, whatever interrupted it', async () => {
  const removed = await reprieve.json<{ subscriptions: string[] }[]>(['demo', 'remove'])
  expect(removed.flatMap(({ subscriptions }) => subscriptions)).toHaveLength(1)
  expect(await reprieve.run(['demo', 'remove'])).toMatchObject({
    code: 0,
    output: 'There is no demonstration. Make one: npx reprieve demo\n',
  })

  // Killed outright at its first step, again and again: each run takes up what is there.
  let interruptions = 0
  while (await reprieve.interrupt(['demo'])) interruptions += 1
  expect(interruptions).toBeGreaterThan(2)
  const demo = await reprieve.json<Demo>(['demo'])
  expect(demo).toMatchObject({ name: 'demo-2', now: '2026-11-01T09:00:00.000Z' })
  const subscriptions = await reprieve.json<{ displayName: string; state: string }[]>([
    'subscription',
    'list',
  ])
  const named = subscriptions.map(({ displayName, state }) => `${displayName}: ${state}`)
  expect(named.toSorted()).toEqual([
    'Demo archive: Disabled',
    'Demo shop: Enabled',
    'Demo trial: Enabled',
    'First subscription: Enabled',
  ])
  const archive = await reprieve.json<{ cancelledAt: string }>([
    'subscription',
    'show',
    demo.archive,
  ])
  expect(archive.cancelledAt).toBe('2026-09-02T09:00:00.000Z')
  const files = await reprieve.json<unknown[]>(['storage', 'ls', `${demo.storage}/files`])
  expect(files).toHaveLength(21)

  // Somebody added to it what holds no data and cannot be purged.
  const scope = '/providers/Microsoft.Billing/billingAccounts/demo-2'
  const help = 'subscription create Help --offer SupportStandard --billing-scope'.split(' ')
  expect(await reprieve.run([...help, scope])).toMatchObject({ code: 0 })

  expect(await reprieve.interrupt(['demo', 'remove'])).toBe(true)
  const gone = await reprieve.run(['demo', 'remove'])
  expect(gone).toMatchObject({ code: 0 })
  expect(gone.output).toContain('1 support plan, ended with the term')
  const left = await reprieve.json<{ displayName: string; state: string }[]>([
    'subscription',
    'list',
  ])
  const still = left.map(({ displayName, state }) => `${displayName}: ${state}`)
  expect(still.toSorted()).toEqual(['First subscription: Enabled', 'Help: Disabled'])
  expect(filesHolding('The Little Tea Shop')).toEqual([])
}, 120_000)
