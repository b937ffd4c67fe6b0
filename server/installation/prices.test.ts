import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StartRefused } from '../database/connection.ts'
import { testInstant as now, testRandom } from '../database/testing/test-database.ts'
import { addDays, instant } from '../kernel/instant.ts'
import type { PriceEntry } from '../prices/price-list.ts'
import { openPriceLists, vcpuHours } from '../prices/price-lists-fixture.ts'
import { readPrices } from '../prices/store.ts'
import { startPrices } from './prices.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-prices-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(content: unknown): string {
  const file = join(folder, 'prices.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const old = vcpuHours(instant(0), { EUR: '1' })
const listOf = (...prices: readonly PriceEntry[]): string => fileOf({ prices })

test('the first start takes the packaged prices, and later ones without a file change nothing', async () => {
  await using lists = await openPriceLists()
  await startPrices(null, now, { ...lists, random: testRandom })
  await startPrices(null, addDays(now, 1), { ...lists, random: testRandom })
  expect(await readPrices(lists.database.db, 'default')).toHaveLength(189)
  const told = await lists.priceEvents()
  expect(told.map(({ actor, data }) => ({ actor, data }))).toMatchObject([
    { actor: 'system', data: { version: 1, added: 189 } },
  ])
  expect(await lists.priceEvents(lists.otherTenant)).toEqual([])
})

test('a file adds prices forward, and an installation that has prices of its own keeps them', async () => {
  await using lists = await openPriceLists()
  await startPrices(listOf(old), now, { ...lists, random: testRandom })
  await startPrices(null, now, { ...lists, random: testRandom })
  const next = vcpuHours(addDays(now, 5), { EUR: '2' })
  for (const file of [listOf(old, next), listOf(next)])
    await startPrices(file, now, { ...lists, random: testRandom })
  const kept = await readPrices(lists.database.db, 'default')
  expect(kept.map(({ unitPrice }) => unitPrice).toSorted()).toEqual(['1', '2'])
  expect(await lists.priceEvents()).toHaveLength(2)
})

test('a server does not start with a file that would change the past, and says which price', async () => {
  await using lists = await openPriceLists()
  await startPrices(listOf(old), now, { ...lists, random: testRandom })
  const refusal = async (file: string): Promise<string> => {
    const error: unknown = await startPrices(file, now, { ...lists, random: testRandom }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(StartRefused)
    return (error as StartRefused).message
  }
  const place = "prices[0].unitPrices.EUR'"
  const changed = await refusal(listOf(vcpuHours(instant(0), { EUR: '2' })))
  expect(changed).toContain(`prices.json: '${place} cannot be changed: the list has 1 from 1970-`)
  const late = await refusal(listOf(vcpuHours(now, { EUR: '2' })))
  expect(late).toContain(`'${place} would take effect at 2026-11-01T00:00:00.000Z`)
  const two = await refusal(listOf(vcpuHours(addDays(now, 1), { EUR: '2', XYZ: '1' })))
  expect(two).toContain("'prices[0].unitPrices.XYZ' must be one of: AUD, CAD")
  expect(await refusal(fileOf('{'))).toContain('cannot be read as JSON')
  expect(await refusal(join(folder, 'missing.json'))).toContain('ENOENT')
  // Whoever starts it adds the full stop.
  for (const message of [changed, late, two]) expect(message).not.toMatch(/\.$/)
  expect(await readPrices(lists.database.db, 'default')).toHaveLength(1)
})
