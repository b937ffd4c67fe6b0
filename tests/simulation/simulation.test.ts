import { describe, expect, test } from 'vitest'
import { repeatCommand, simulate } from './simulation.ts'

describe('a random history of several tenants, with failures, crashes and jumping clocks', () => {
  test('keeps every promise after every step', async () => {
    const { broken, steps } = await simulate({ seed: 3, steps: 250 })
    expect(broken?.message, repeatCommand(3, 250)).toBeUndefined()
    expect(steps, 'and is drained afterwards').toBeGreaterThan(250)
  })

  test('gives the same bytes twice for the same seed, and others for another', async () => {
    const first = await simulate({ seed: 5, steps: 120, isDrained: false })
    const second = await simulate({ seed: 5, steps: 120, isDrained: false })
    const other = await simulate({ seed: 6, steps: 10, isDrained: false })
    expect(second.trace).toEqual(first.trace)
    expect(second.dump).toBe(first.dump)
    expect(other.dump).not.toBe(first.dump)
  })
})
