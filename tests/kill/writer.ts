import { contentOf } from './blob-content.ts'
import type { Load } from './load.ts'
import {
  accountsOf,
  type Crew,
  type ModelAccount,
  type ModelBlob,
  type ModelSubscription,
} from './model.ts'
import { pause } from './pause.ts'
import type { BlobAnswer } from './site.ts'
import { uncertain, Violation } from './uncertain.ts'

/** The longest that an answer may take from the socket to here while the machine is busy. */
const readingMs = 1_000
const restMs = 5
const blobsPerWriter = 5

/** Uploads, overwrites and deletes its own blobs, whatever the crew does to the subscription. */
export async function runWriter(load: Load, crew: Crew, number: number): Promise<void> {
  while (!load.isOver()) {
    const { subscription } = crew
    const accounts = subscription === null ? [] : accountsOf(subscription)
    const ready = accounts.filter(({ container }) => container.isSurely(true))
    if (subscription === null || ready.length === 0) {
      await pause(restMs)
      continue
    }
    const account = load.dice.pick(ready)
    const blob = blobOf(account, `${number}-${load.dice.below(blobsPerWriter)}`)
    if ((await write(load, { crew, subscription, account, blob })) === 'unanswered') return
  }
}

function blobOf(account: ModelAccount, name: string): ModelBlob {
  const blob = account.blobs.get(name) ?? { name, version: uncertain<number | null>(null) }
  account.blobs.set(name, blob)
  return blob
}

type Target = {
  readonly crew: Crew
  readonly subscription: ModelSubscription
  readonly account: ModelAccount
  readonly blob: ModelBlob
}

async function write(load: Load, target: Target): Promise<'answered' | 'unanswered'> {
  const { crew, subscription, account, blob } = target
  const [present = null] = blob.version.possible
  const removes = present !== null && load.dice.percent(15)
  // Far apart, so that a version which comes late is not taken for the next one.
  const version = removes ? null : load.dice.below(1_000_000_000)
  const path = `/${account.name}/${account.containerName}/${blob.name}`
  const before = { calm: crew.disturbances, standing: subscription.standing.possible }
  const answer = removes
    ? await load.site.blob('DELETE', path)
    : await load.site.blob('PUT', path, contentOf(path, version ?? 0))
  const calm = before.calm % 2 === 0 && before.calm === crew.disturbances
  const standing = calm && before.standing.length === 1 ? (before.standing[0] ?? null) : null
  if (answer !== null) {
    take(load, target, { version, answer, standing })
    return 'answered'
  }
  load.tally.unanswered += 1
  // Sent after the cancel was answered, and the way back was not asked for: it must not be there.
  if (standing !== 'Cancelled') blob.version.mayBecome(version)
  return 'unanswered'
}

type Written = {
  readonly version: number | null
  readonly answer: BlobAnswer
  /** What the subscription surely was all the while; null: something was under way. */
  readonly standing: string | null
}

function take(load: Load, target: Target, { version, answer, standing }: Written): void {
  const { subscription, account, blob } = target
  const what = `write of ${account.name}/${blob.name}`
  if (answer.status < 300) {
    if (standing === 'Cancelled') {
      throw new Violation(`a ${what} was acknowledged after the cancel was`)
    }
    refuseLate(target, what)
    blob.version.acknowledge(version)
    load.tally.acknowledgedUploads += 1
    return
  }
  load.tally.refused += 1
  if (standing === 'Enabled' && account.exists.isSurely(true)) {
    throw new Violation(`a ${what} was refused with ${answer.status} ${answer.code}`)
  }
  if (answer.status !== 403 && answer.status !== 404) {
    const { name } = subscription
    throw new Violation(`a ${what} in ${name} was refused with ${answer.status} ${answer.code}`)
  }
}

/** For a write under way when the cancel was answered: its success was sent before that. */
function refuseLate({ subscription, crew }: Target, what: string): void {
  const { cancelAnsweredAt, standing } = subscription
  const holds = crew.disturbances % 2 === 0 && standing.isSurely('Cancelled')
  if (!holds || cancelAnsweredAt === null) return
  const lateMs = Math.round(performance.now() - cancelAnsweredAt)
  if (lateMs > readingMs) throw new Violation(`a ${what} succeeded ${lateMs} ms after the cancel`)
}
