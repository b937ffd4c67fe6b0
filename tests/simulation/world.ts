import {
  type Observation,
  ProviderFailure,
  type ResourceProvider,
  type WantedResource,
} from '../../server/providers/contract.ts'
import { PromiseBroken } from './broken.ts'
import { type Lifeline, NodeCrashed } from './database.ts'

/** A real thing on a host. It survives the node that made it; only its destruction ends it. */
export type Thing = {
  readonly uid: string
  readonly subscriptionId: string
  readonly hostId: string
  state: 'online' | 'offline'
  /** What was written to it and acknowledged to whoever wrote. */
  readonly acknowledged: string[]
  readonly stored: Set<string>
  /** Bytes that it holds beside, large enough to be charged: people add to them and take away. */
  ballast: bigint
}

/** A call of a provider that has not answered yet: the simulation decides how and when it does. */
export type Call = {
  readonly hostId: string
  readonly lifeline: Lifeline
  readonly wanted: WantedResource
  readonly answer: PromiseWithResolvers<Observation>
}

export type Destroyed = { readonly thing: Thing; readonly wanted: WantedResource }

export type CallEnd = 'done' | 'failedBefore' | 'failedAfter' | 'lie'

/** The things of all hosts, and the calls of providers that are under way. */
export class World {
  readonly things = new Map<string, Thing>()
  readonly gone = new Set<string>()
  readonly calls: Call[] = []
  /** Since the last look; the checks ask whether each of them might be destroyed. */
  readonly destroyed: Destroyed[] = []
  readonly #fences = new Map<string, number>()
  /** Planted bug: what goes offline loses what it holds. */
  readonly #losesData: boolean

  constructor(losesData: boolean) {
    this.#losesData = losesData
  }

  /** The provider of one node: it can act on the things of its own host only. */
  providerOf(hostId: string, type: string, lifeline: Lifeline): ResourceProvider {
    return {
      type,
      meters: [{ name: 'storage-gb-months', rate: 'sampled' }],
      ending: { stops: 'writes', stays: 'its data', loses: [] },
      close: async () => {},
      measure: async (uid) => {
        if (!lifeline.alive) throw new NodeCrashed()
        return { 'storage-gb-months': this.sizeOf(uid, hostId) }
      },
      apply: (wanted) => {
        if (!lifeline.alive) return Promise.reject(new NodeCrashed())
        const twice = this.calls.some(
          (call) => call.lifeline === lifeline && call.wanted.uid === wanted.uid,
        )
        if (twice) throw new PromiseBroken(null, `${wanted.uid} was asked for twice at once`)
        const answer = Promise.withResolvers<Observation>()
        this.calls.push({ hostId, lifeline, wanted, answer })
        return answer.promise
      },
    }
  }

  /** Ends a call as told. The things change, or not, whoever is still there to hear of it. */
  end(call: Call, how: CallEnd): void {
    this.calls.splice(this.calls.indexOf(call), 1)
    if (how === 'failedBefore') return call.answer.reject(new Error('the disk did not answer'))
    let seen: Observation
    try {
      seen = this.#act(call)
    } catch (error) {
      return call.answer.reject(error)
    }
    if (how === 'failedAfter') return call.answer.reject(new Error('the connection broke'))
    if (how === 'lie') return call.answer.resolve(otherThan(seen))
    call.answer.resolve(seen)
  }

  #act({ wanted, hostId }: Call): Observation {
    const { uid, generation } = wanted
    if (generation < (this.#fences.get(uid) ?? 0)) {
      throw new ProviderFailure('It has seen a newer wish.', 'Nothing: the newer one counts.')
    }
    this.#fences.set(uid, generation)
    const thing = this.things.get(uid)
    if (wanted.state === 'absent') {
      if (thing !== undefined) this.destroyed.push({ thing, wanted })
      this.things.delete(uid)
      this.gone.add(uid)
      return { state: 'absent', evidence: { readBack: 'nothing' } }
    }
    if (this.gone.has(uid)) throw new PromiseBroken(3, `${uid} was made again after its end`)
    if (thing === undefined) this.#make(wanted, hostId)
    else thing.state = wanted.state
    if (this.#losesData && wanted.state === 'offline') thing?.stored.clear()
    return { state: wanted.state }
  }

  #make({ uid, subscriptionId, state }: WantedResource, hostId: string): void {
    this.things.set(uid, {
      uid,
      subscriptionId,
      hostId,
      state: state === 'online' ? 'online' : 'offline',
      acknowledged: [],
      stored: new Set(),
      ballast: 2n ** 20n,
    })
  }

  /** Its bytes, as they are charged: each write is a kilobyte. */
  sizeOf(uid: string, hostId: string): bigint {
    const thing = this.things.get(uid)
    if (thing?.hostId === hostId) return thing.ballast + BigInt(thing.stored.size) * 1024n
    throw new ProviderFailure('It is not on this host.', 'Ask the host that holds it.')
  }

  thingsOf(subscriptionId: string): Thing[] {
    return [...this.things.values()].filter((thing) => thing.subscriptionId === subscriptionId)
  }
}

function otherThan(seen: Observation): Observation {
  return seen.state === 'online' ? { state: 'offline' } : { state: 'online' }
}
