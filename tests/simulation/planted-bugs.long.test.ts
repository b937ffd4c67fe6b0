import { expect, test } from 'vitest'
import { type PromiseNumber, promises } from './broken.ts'
import { plantedBugs } from './planted-bugs.ts'
import { simulate } from './simulation.ts'

const seeds = Array.from({ length: 12 }, (_, index) => index + 1)

test.for(plantedBugs)('catches $name', async ({ plant, promise, name }) => {
  for (const seed of seeds) {
    const { broken } = await simulate({ seed, steps: 250, plant })
    if (broken === null) continue
    expect(broken.message).toMatch(`promise ${promise},`)
    return
  }
  expect.fail(`nobody noticed ${name} in ${seeds.length} histories`)
})

test('has a bug for every promise that is checked', () => {
  const wanted = Object.keys(promises).map(Number) as PromiseNumber[]
  const planted = new Set(plantedBugs.map((bug) => bug.promise))
  expect(wanted.filter((promise) => !planted.has(promise))).toEqual([])
})
