import { expect, test } from 'vitest'
import { runKillLoop } from './kill-loop.ts'
import { accountsOf, type Crew, type ModelBlob } from './model.ts'

const short = { times: 3, engine: 'pglite', crews: 2, steps: 100 } as const
const limits = { timeout: 180_000 }

test('nothing that was acknowledged is lost when the server is killed', limits, async () => {
  const tally = await runKillLoop({ ...short, target: 'server', seed: 101 })
  expect(tally.kills).toBeGreaterThanOrEqual(short.times)
  expect(tally.acknowledgedChanges).toBeGreaterThan(0)
})

test('nothing that was acknowledged is lost when a storage server is killed', limits, async () => {
  const tally = await runKillLoop({ ...short, target: 'store', seed: 102 })
  expect(tally.kills).toBe(short.times)
  expect(tally.acknowledgedUploads).toBeGreaterThan(0)
})

function blobsOf(crews: readonly Crew[]): readonly ModelBlob[] {
  return crews
    .flatMap(({ subscription }) => (subscription === null ? [] : accountsOf(subscription)))
    .flatMap(({ blobs }) => [...blobs.values()])
    .filter(({ version }) => version.possible.length === 1 && !version.isSurely(null))
}

test('an upload that was lost would be found', limits, async () => {
  // As if another version had been acknowledged after the one that is there.
  const spoil = (crews: readonly Crew[]): void => blobsOf(crews)[0]?.version.acknowledge(-1)
  // Again and again until there is a blob to spoil.
  const spoiled = runKillLoop({ ...short, target: 'store', times: 10, seed: 103, spoil })
  await expect(spoiled).rejects.toThrow(/^blob .* is \d+; it can only be -1/)
})
