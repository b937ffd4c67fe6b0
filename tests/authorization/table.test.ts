import { afterAll, beforeAll, expect, test } from 'vitest'
import { wrongCells } from './cells.ts'
import { pathsOf, servedPaths, table } from './table.ts'
import { type World, openWorld } from './world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})

afterAll(async () => {
  await world.close()
})

test('every path of every operation has its row, and every row its operation', () => {
  const served = servedPaths().map(({ operation, path }) => `${operation}: ${path}`)
  const listed = table.flatMap((row) => pathsOf(row).map((path) => `${row.operation}: ${path}`))
  expect(listed.toSorted()).toEqual(served.toSorted())
})

for (const row of table) {
  test(`who may, in which state: ${row.operation}`, async () => {
    expect(await wrongCells(world, row)).toEqual([])
  })
}
