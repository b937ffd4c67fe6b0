import { join } from 'node:path'
import type { Random } from '../../kernel/ids.ts'
import {
  type Evidence,
  ensureFolder,
  folderExists,
  hasRemovalMark,
  removeFolder,
  writeRemovalMark,
} from './account-folder.ts'
import { AccountServer } from './account-server.ts'
import type { Keys } from './azurite.ts'
import { BlobServerError } from './blob-server-error.ts'
import type { BlobServerProcess, Origin } from './blob-server-process.ts'
import { createSlots } from './blob-server-slots.ts'
import { startUnlocked } from './blob-server-start.ts'
import { takeFolderLock } from './folder-lock.ts'
import { createKeyRing } from './key-ring.ts'
import { measureStoredBytes } from './stored-bytes.ts'

export type BlobAccount = { readonly uid: string; readonly name: string; readonly keys: Keys }

export type StorageLog = (event: string, facts: Readonly<Record<string, unknown>>) => void

export type BlobServersOptions = {
  /** The folder of the account folders; each is named by its account's uid. */
  readonly root: string
  /** A folder elsewhere that remembers which account folders were removed. */
  readonly marks: string
  /** How many servers may be open at once (about 110 MB each). */
  readonly maxOpen: number
  /** A server that nobody used for so long is closed. */
  readonly idleMs: number
  /** How long one may take to open, and how long a call waits for a free place. */
  readonly startTimeoutMs: number
  readonly random: Random
  readonly log: StorageLog
}

/** One storage server per account, opened when it is needed and closed when it is not. */
export type BlobServers = {
  /** Makes the account's empty folder, durably. Repeating it changes nothing. */
  readonly ensure: (uid: string) => Promise<void>
  /** Whether the account's folder is there. */
  readonly exists: (uid: string) => Promise<boolean>
  /** Whether this host began to remove the folder: then its absence is our doing, not a loss. */
  readonly wasRemoved: (uid: string) => Promise<boolean>
  /**
   * Runs `work` against the account's open server, which stays open until `work` is done.
   * Throws {@link BlobServerError}.
   */
  readonly use: <Result>(
    account: BlobAccount,
    work: (origin: Origin) => Promise<Result>,
  ) => Promise<Result>
  /** Replaces the keys of an open server; resolves when only the new ones are good. */
  readonly updateKeys: (uid: string, keys: Keys) => Promise<void>
  /** Closes the account's server once nobody uses it. */
  readonly close: (uid: string) => Promise<void>
  /** Ends the account's server now, whatever it is doing. Resolves when it is gone. */
  readonly kill: (uid: string) => Promise<void>
  /** Ends the server, removes the folder, reads back. Never opens that uid again. Idempotent. */
  readonly destroy: (uid: string) => Promise<Evidence>
  /** The bytes that are stored; opens no server. Rejects when they cannot be read. */
  readonly measure: (uid: string, signal: AbortSignal) => Promise<bigint>
  readonly openCount: () => number
  /** Closes all. No call is served afterwards. */
  readonly stop: () => Promise<void>
}

export function createBlobServers(options: BlobServersOptions): BlobServers {
  const supervisor = new Supervisor(options)
  return {
    ensure: (uid) => supervisor.ensure(uid),
    exists: (uid) => folderExists(supervisor.folderOf(uid)),
    wasRemoved: (uid) => hasRemovalMark(options.marks, uid),
    use: (account, work) => supervisor.use(account, work),
    updateKeys: (uid, keys) => supervisor.updateKeys(uid, keys),
    close: (uid) => supervisor.close(uid),
    kill: (uid) => supervisor.kill(uid),
    destroy: (uid) => supervisor.destroy(uid),
    measure: (uid, signal) => measureStoredBytes(supervisor.folderOf(uid), signal),
    openCount: () => supervisor.openCount(),
    stop: () => supervisor.stop(),
  }
}

const closeLimitMs = 5_000

class Supervisor {
  readonly #options: BlobServersOptions
  // In the order of use: the first one that nobody uses is the one to close.
  readonly #servers = new Map<string, AccountServer>()
  readonly #destroyed = new Set<string>()
  readonly #keyRing = createKeyRing()
  readonly #slots
  #stopped = false

  constructor(options: BlobServersOptions) {
    this.#options = options
    this.#slots = createSlots(options.maxOpen, () => this.#closeIdle())
  }

  /** A uid becomes part of a path: nothing but letters, digits and dashes may reach the disk. */
  folderOf(uid: string): string {
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/i.test(uid)) throw new Error(`not an account's uid: ${uid}`)
    return join(this.#options.root, uid)
  }

  openCount(): number {
    return this.#servers.size
  }

  async ensure(uid: string): Promise<void> {
    this.#refuseUnservable(uid)
    await ensureFolder(this.folderOf(uid))
  }

  async use<Result>(
    account: BlobAccount,
    work: (origin: Origin) => Promise<Result>,
  ): Promise<Result> {
    const server = await this.#enter(account)
    try {
      const running = await server.opened
      await server.haveKeys(this.#keyRing.current(account.uid, account.keys))
      return await work(running.origin)
    } finally {
      this.#leave(server)
    }
  }

  async updateKeys(uid: string, keys: Keys): Promise<void> {
    const good = this.#keyRing.current(uid, keys)
    const server = this.#servers.get(uid)
    if (server === undefined || server.closing) return
    // One that fails to open has no keys; its callers learn why.
    await server.haveKeys(good).catch(() => undefined)
  }

  async close(uid: string): Promise<void> {
    const server = this.#servers.get(uid)
    await server?.unused()
    if (server?.closing === false) server.close(closeLimitMs)
    await server?.gone
  }

  async kill(uid: string): Promise<void> {
    const server = this.#servers.get(uid)
    server?.kill()
    await server?.gone
  }

  async destroy(uid: string): Promise<Evidence> {
    const folder = this.folderOf(uid)
    this.#destroyed.add(uid)
    this.#keyRing.forget(uid)
    await this.kill(uid)
    if (!(await folderExists(folder))) return removeFolder(folder)
    await writeRemovalMark(this.#options.marks, uid)
    const lock = takeFolderLock(folder)
    if (lock === null) {
      throw new BlobServerError(
        'Busy',
        `another process still serves ${folder}; it is removed once that has ended`,
      )
    }
    try {
      return await removeFolder(folder)
    } finally {
      lock.release()
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const all = [...this.#servers.values()]
    for (const server of all) if (!server.closing) server.close(closeLimitMs)
    await Promise.all(all.map((server) => server.gone))
  }

  async #enter(account: BlobAccount): Promise<AccountServer> {
    for (;;) {
      this.#refuseUnservable(account.uid)
      const known = this.#servers.get(account.uid)
      if (known?.closing === true) {
        await known.gone
        continue
      }
      const server = known ?? this.#open(account)
      // Last in the order of use.
      this.#servers.delete(account.uid)
      this.#servers.set(account.uid, server)
      server.enter()
      return server
    }
  }

  #leave(server: AccountServer): void {
    if (!server.leave() || server.closing) return
    if (this.#slots.waiting() > 0) this.#closeIdle()
    if (server.idle) server.closeAfter(this.#options.idleMs, closeLimitMs)
  }

  #open(account: BlobAccount): AccountServer {
    const { uid } = account
    const opened = this.#start(account)
    const server = new AccountServer(uid, account.keys, opened)
    void server.gone.then(() => {
      if (this.#servers.get(uid) === server) this.#servers.delete(uid)
    })
    opened.then(
      async (running) => {
        const said = await running.ended
        if (!server.closing) this.#options.log('storage server died', { uid, said })
      },
      () => undefined,
    )
    return server
  }

  async #start(account: BlobAccount): Promise<BlobServerProcess> {
    const { maxOpen, startTimeoutMs, random, log } = this.#options
    if (!(await this.#slots.enter(startTimeoutMs))) {
      throw new BlobServerError(
        'Busy',
        `all ${maxOpen} storage servers of this host are in use; try again soon, or raise ` +
          'how many may be open',
      )
    }
    try {
      const running = await startUnlocked({
        folder: this.folderOf(account.uid),
        account,
        limitMs: startTimeoutMs,
        random,
        onProblem: (message) => log('storage server problem', { uid: account.uid, message }),
        stillWanted: () => this.#refuseUnservable(account.uid),
      })
      void running.ended.then(this.#slots.leave)
      return running
    } catch (error) {
      this.#slots.leave()
      throw error
    }
  }

  /** Makes room for those in line: one server that nobody uses for each of them. */
  #closeIdle(): void {
    const servers = [...this.#servers.values()]
    const ending = servers.filter((server) => server.closing).length
    const wanted = Math.max(0, this.#slots.waiting() - ending)
    for (const server of servers.filter((one) => one.idle).slice(0, wanted)) {
      server.close(closeLimitMs)
    }
  }

  #refuseUnservable(uid: string): void {
    if (this.#stopped) throw new BlobServerError('Stopped', 'this host is stopping')
    if (this.#destroyed.has(uid)) {
      throw new BlobServerError('Gone', `the storage account ${uid} was deleted`)
    }
  }
}
