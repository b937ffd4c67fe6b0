import { expect, test } from 'vitest'
import { type PromiseNumber, promises } from './broken.ts'
import { plantedBugs } from './planted-bugs.ts'
import { simulate } from './simulation.ts'

const seeds = Array.from({ length: 16 }, (_, index) => index + 1)

test.for(plantedBugs)('notices $name, which breaks promise $promise', async (bug) => {
  const found: string[] = []
  for (const seed of seeds) {
    const { broken } = await simulate({ seed, steps: 250, plant: bug.plant })
    if (broken === null) continue
    expect(broken.promise, `a fault hides it: ${broken.message}`).not.toBeNull()
    found.push(broken.message)
    if (broken.promise === bug.promise && (bug.says?.test(broken.message) ?? true)) return
  }
  expect.fail(`in ${seeds.length} histories, only these were noticed: ${found.join('; ')}`)
})

test('there is a planted bug for every promise that is checked', () => {
  const wanted = Object.keys(promises).map(Number) as PromiseNumber[]
  const planted = new Set(plantedBugs.map((bug) => bug.promise))
  expect(wanted.filter((promise) => !planted.has(promise))).toEqual([])
})
