import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import type { PublishedEvent } from '../../api/event-chain.ts'
import { type SignedHeads, type StreamHead, signedText } from '../../api/signed-heads.ts'
import { readSignedEnds } from './signed-ends.ts'

const own = generateKeyPairSync('ed25519')

function signedBy(keys: typeof own, heads: readonly StreamHead[]): SignedHeads {
  return {
    tenant: 't',
    heads,
    publicKey: keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    signature: sign(null, signedText({ tenant: 't', heads }), keys.privateKey).toString('base64'),
  }
}

async function read(...all: readonly SignedHeads[]) {
  async function* pages() {
    for (const [index, data] of all.entries()) {
      const event = { tenant: 't', type: 'HeadsSigned', sequence: index + 1, data }
      yield [event as unknown as PublishedEvent]
    }
  }
  return readSignedEnds(pages())
}

const end = (stream: string, sequence: number): StreamHead => ({ stream, sequence, hash: 'h' })

test('of each history the last end that was signed counts', async () => {
  const found = await read(
    signedBy(own, [end('account/a', 1), end('account/b', 7)]),
    signedBy(own, [end('account/a', 4)]),
  )
  expect([...found.ends.values()]).toEqual([end('account/a', 4), end('account/b', 7)])
  expect(found.problems).toEqual([])
})

test('an end that was forged, or signed with a key of somebody else, is told and not believed', async () => {
  const good = signedBy(own, [end('account/a', 4)])
  const found = await read(
    good,
    { ...good, heads: [end('account/a', 9)] },
    { ...good, tenant: 'u' },
    signedBy(generateKeyPairSync('ed25519'), [end('account/a', 9)]),
  )
  expect([...found.ends.values()]).toEqual([end('account/a', 4)])
  expect(found.problems.map(({ sequence }) => sequence)).toEqual([2, 3, 4])
})
