import { describe, expect, test } from 'vitest'
import { repeatCommand, simulate } from './simulation.ts'

describe('a random history of several tenants, with failures, crashes and jumping clocks', () => {
  test.for([1, 2])('keeps every promise after every step: seed %i', async (seed) => {
    const { broken, steps } = await simulate({ seed, steps: 200 })
    expect(broken?.message, repeatCommand(seed, 200)).toBeUndefined()
    expect(steps, 'and is drained afterwards').toBeGreaterThan(200)
  })

  test('gives the same bytes twice for the same seed, and others for another', async () => {
    const first = await simulate({ seed: 5, steps: 80 })
    const second = await simulate({ seed: 5, steps: 80 })
    const other = await simulate({ seed: 6, steps: 10 })
    expect(second.trace).toEqual(first.trace)
    expect(second.dump).toBe(first.dump)
    expect(other.dump).not.toBe(first.dump)
  })
})
