import { expect, test } from 'vitest'
import { repeatCommand, simulate } from './simulation.ts'

const seeds = Array.from({ length: 40 }, (_, index) => 1000 + index)

test.for(seeds)('a longer random history keeps every promise: seed %i', async (seed) => {
  const { broken } = await simulate({ seed, steps: 400 })
  expect(broken?.message, repeatCommand(seed, 400)).toBeUndefined()
})

test('gives the same bytes twice for the same seed, to the end of everything', async () => {
  const first = await simulate({ seed: 7, steps: 300 })
  const second = await simulate({ seed: 7, steps: 300 })
  expect(second.trace).toEqual(first.trace)
  expect(second.dump).toBe(first.dump)
})
