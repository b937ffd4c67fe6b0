import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requires } from '../requirements.ts'
import { runKillLoop } from './kill-loop.ts'

test(
  'nothing that was acknowledged is lost when PostgreSQL is killed',
  requires('postgresql'),
  async () => {
    const loop = { target: 'postgres', engine: 'postgres', times: 5, seed: 104 } as const
    const tally = await runKillLoop(loop)
    expect(tally.kills).toBe(5)
    expect(tally.acknowledgedChanges).toBeGreaterThan(0)
  },
)

test(
  'nothing that was acknowledged on PostgreSQL is lost when the server is killed',
  requires('postgresql'),
  async () => {
    const loop = { target: 'server', engine: 'postgres', times: 5, seed: 105 } as const
    const tally = await runKillLoop(loop)
    expect(tally.kills).toBeGreaterThanOrEqual(5)
    expect(tally.acknowledgedChanges).toBeGreaterThan(0)
  },
)

test('a folder that belongs to nobody would be found', async () => {
  const spoiled = runKillLoop({
    target: 'store',
    engine: 'pglite',
    times: 1,
    seed: 106,
    spoil: (_crews, dataFolder) => {
      mkdirSync(join(dataFolder, 'stores', '00000000-0000-4000-8000-000000000000'))
    },
  })
  await expect(spoiled).rejects.toThrow(/^there are \d+ stores for \d+ accounts/)
})
