import { versionOf } from './blob-content.ts'
import type { Checked } from './checked.ts'
import type { ModelAccount, ModelSubscription } from './model.ts'
import { waitFor } from './pause.ts'
import type { BlobAnswer, Site } from './site.ts'
import { Violation } from './uncertain.ts'

const readLimitMs = 30_000

/** Every blob holds, whole, a version that it can have; no other is there. */
export async function checkBlobs({ site, tally }: Checked, account: ModelAccount): Promise<void> {
  const list = `/${account.name}/${account.containerName}?restype=container&comp=list`
  const listing = await readBlob(site, list)
  account.container.see(listing.status === 200, () => `container of ${account.name}`)
  const text = listing.content.toString('utf8')
  const names = new Set([...text.matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name]) => name ?? ''))
  for (const blob of account.blobs.values()) {
    const what = (): string => `blob ${account.name}/${blob.name}`
    const isThere = names.delete(blob.name)
    blob.version.see(isThere ? await readVersion(site, account, blob.name) : null, what)
    tally.checkedBlobs += 1
  }
  if (names.size > 0)
    throw new Violation(`${account.name} has blobs nobody wrote: ${[...names].join(', ')}`)
}

async function readVersion(site: Site, account: ModelAccount, name: string): Promise<number> {
  const path = `/${account.name}/${account.containerName}/${name}`
  const { status, content } = await readBlob(site, path)
  const version = status === 200 ? versionOf(path, content) : null
  if (version !== null) return version
  throw new Violation(
    `blob ${account.name}/${name} reads ${status}, ${content.length} broken bytes`,
  )
}

/** An account that is gone answers nobody, unless its name was taken again. */
export async function checkBlobsGone(site: Site, subscription: ModelSubscription): Promise<void> {
  const there = subscription.accounts.filter(({ exists }) => exists.isSurely(true))
  const taken = new Set(there.map(({ name }) => name))
  const gone = new Set(
    subscription.accounts.map(({ name }) => name).filter((name) => !taken.has(name)),
  )
  for (const name of gone) {
    const path = `/${name}/files?restype=container&comp=list`
    const { status } = await readBlob(site, path)
    if (status !== 404) throw new Violation(`account ${name} is gone and answers ${status}`)
  }
}

async function readBlob(site: Site, path: string): Promise<BlobAnswer> {
  const answer = await waitFor(() => site.blob('GET', path), readLimitMs)
  if (answer === null) throw new Violation(`GET ${path} was not answered in ${readLimitMs} ms`)
  return answer
}
