import {
  ProviderFailure,
  type Observation,
  type ResourceProvider,
  type WantedResource,
} from '../contract.ts'
import type { BlobServers } from './blob-servers.ts'
import type { Gateway } from './gateway.ts'
import { storageMeters } from './meters.ts'

export const storageAccountType = 'Microsoft.Storage/storageAccounts'

/** The gateway asks the database for every write: being offline needs no more than letting go. */
export function createStorageProvider(options: {
  readonly servers: BlobServers
  readonly gateway: Pick<Gateway, 'barrier'>
}): ResourceProvider {
  const { servers, gateway } = options
  const newest = new Map<string, number>()
  return {
    type: storageAccountType,
    meters: storageMeters,
    ending: {
      stops: 'writes are refused, with every key, SAS and token',
      stays: 'every blob can be read and exported until the purge',
      loses: [],
    },
    apply: async (wanted) => {
      refuseOlder(newest, wanted)
      if (wanted.state === 'absent') {
        await gateway.barrier((account) => account.uid === wanted.uid)
        return destroy(wanted, servers)
      }
      if (wanted.observed === null) await ensure(wanted, servers)
      else if (!(await servers.exists(wanted.uid))) throw lost()
      if (wanted.state === 'offline') {
        await gateway.barrier((account) => account.uid === wanted.uid)
      }
      return { state: wanted.state }
    },
    measure: async (uid, signal) => {
      if (!(await servers.exists(uid))) throw lost()
      return { 'storage-gb-months': await measure(uid, signal, servers) }
    },
    close: () => servers.stop(),
  }
}

/** What is asked with an older fencing token comes from a worker that was overtaken. */
function refuseOlder(newest: Map<string, number>, { uid, generation }: WantedResource): void {
  if (generation < (newest.get(uid) ?? 0)) {
    throw new ProviderFailure(
      'It was asked by a worker that has been overtaken.',
      'None is needed.',
    )
  }
  newest.set(uid, generation)
}

function lost(): ProviderFailure {
  return new ProviderFailure(
    'Its folder is not on the disk of this host any more.',
    'Check that the disk is mounted, or restore the folder from a backup; nothing is made anew, ' +
      'and what is not there is not taken for destroyed.',
  )
}

/**
 * Where the host keeps its stores is the operator's business, and no cause that a customer reads.
 */
async function ensure({ uid }: WantedResource, servers: BlobServers): Promise<void> {
  try {
    await servers.ensure(uid)
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code
    if (typeof code !== 'string') throw error
    throw new ProviderFailure(
      `The host cannot make its folder (${code}).`,
      'Check the disk of the host and the rights to its data folder; it is tried again.',
    )
  }
}

async function measure(uid: string, signal: AbortSignal, servers: BlobServers): Promise<bigint> {
  try {
    return await servers.measure(uid, signal)
  } catch (error) {
    if (error instanceof ProviderFailure || signal.aborted) throw error
    throw new ProviderFailure(
      `What it stores cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      'Check the disk of the host, or restore the folder from a backup; until then it is charged ' +
        'for what was measured last.',
    )
  }
}

async function destroy(wanted: WantedResource, servers: BlobServers): Promise<Observation> {
  const found = await servers.exists(wanted.uid)
  if (!found && wanted.observed !== null && !(await servers.wasRemoved(wanted.uid))) throw lost()
  const evidence = await servers.destroy(wanted.uid)
  if (!evidence.gone) {
    throw new ProviderFailure(
      `Its folder was removed and is read back as still there: ${evidence.remains.join(', ')}.`,
      'Check the rights and the disk of the host; it is tried again.',
    )
  }
  // Where the host keeps its stores is the operator's business, not the history's.
  return { state: 'absent', evidence: { ...evidence, folder: wanted.uid, found } }
}
