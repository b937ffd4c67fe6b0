import { expect, test } from 'vitest'
import { repeatCommand, simulate } from './simulation.ts'

const seeds = Array.from({ length: 40 }, (_, index) => 1000 + index)

test.for(seeds)('a longer random history keeps every promise: seed %i', async (seed) => {
  const { broken } = await simulate({ seed, steps: 400 })
  expect(broken?.message, repeatCommand(seed, 400)).toBeUndefined()
})
