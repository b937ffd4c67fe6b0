import type { PublishedEvent } from '../../api/event-chain.ts'
import { type SignedHeads, type StreamHead, isSignatureGood } from '../../api/signed-heads.ts'

/** Where each history ended when that was signed last, by the name of its stream. */
export type SignedEnds = {
  readonly ends: ReadonlyMap<string, StreamHead>
  /** What is wrong with the signatures themselves, by the tenant's own events. */
  readonly problems: readonly { readonly sequence: number; readonly problem: string }[]
}

/** Reads the signed ends out of a tenant's own history, page by page. */
export async function readSignedEnds(
  pages: AsyncIterable<readonly PublishedEvent[]>,
): Promise<SignedEnds> {
  const ends = new Map<string, StreamHead>()
  const problems: { sequence: number; problem: string }[] = []
  let publicKey: string | null = null
  for await (const page of pages) {
    for (const { type, data, sequence, tenant } of page) {
      if (type !== 'HeadsSigned' || data === null) continue
      const signed = data as SignedHeads
      publicKey ??= signed.publicKey
      const problem = problemOf(signed, tenant, publicKey)
      if (problem !== null) {
        problems.push({ sequence, problem })
        continue
      }
      for (const head of signed.heads) {
        const before = ends.get(head.stream)
        if (before === undefined || before.sequence < head.sequence) ends.set(head.stream, head)
      }
    }
  }
  return { ends, problems }
}

function problemOf(signed: SignedHeads, tenant: string, publicKey: string): string | null {
  if (signed.publicKey !== publicKey) return 'is signed with another key than the first'
  if (signed.tenant !== tenant || !isSignatureGood(signed)) return 'its signature is not good'
  return null
}
