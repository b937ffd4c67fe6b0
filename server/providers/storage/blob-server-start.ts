import type { Random } from '../../kernel/ids.ts'
import { folderExists } from './account-folder.ts'
import type { Keys } from './azurite.ts'
import { BlobServerError } from './blob-server-error.ts'
import {
  type BlobServerProcess,
  BlobServerStartError,
  startBlobServer,
} from './blob-server-process.ts'

type Start = {
  readonly folder: string
  readonly account: { readonly name: string; readonly keys: Keys }
  readonly limitMs: number
  readonly random: Random
  readonly onProblem: (message: string) => void
  /** Throws when the account is no longer to be opened. */
  readonly stillWanted: () => void
}

const lockRetryMs = 100
/**
 * A parent that died ends its children within moments; a lock held for longer is another server's.
 */
const lockTries = 20

/** Opens the server of a folder that is there and that no other process serves. */
export async function startUnlocked(start: Start): Promise<BlobServerProcess> {
  const { folder, account, limitMs, onProblem } = start
  for (let attempt = 1; ; attempt += 1) {
    start.stillWanted()
    // An empty folder made in its place would look like an account whose blobs are lost.
    if (!(await folderExists(folder))) {
      throw new BlobServerError(
        'FolderMissing',
        `the folder ${folder} is not there: is the data folder the right one, and mounted?`,
      )
    }
    const pass = Buffer.from(start.random.bytes(24)).toString('base64url')
    try {
      return await startBlobServer({ folder, account, pass, limitMs, onProblem })
    } catch (error) {
      if (!(error instanceof BlobServerStartError)) throw error
      if (!error.lockHeld || attempt >= lockTries) {
        throw new BlobServerError('NotOpened', `the storage server of ${folder} ${error.message}`)
      }
      await new Promise((resolve) => setTimeout(resolve, lockRetryMs))
    }
  }
}
