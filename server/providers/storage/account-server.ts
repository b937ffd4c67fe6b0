import type { Keys } from './azurite.ts'
import type { BlobServerProcess } from './blob-server-process.ts'
import { sameKeys } from './key-ring.ts'

/** One account's server, from the wish to open it until its process is gone. */
export class AccountServer {
  readonly uid: string
  readonly opened: Promise<BlobServerProcess>
  /** Resolves when its process is gone, or never came to be. Never rejects. */
  readonly gone: Promise<void>
  #process: BlobServerProcess | null = null
  #keys: Keys
  #users = 0
  #closing = false
  #idle: NodeJS.Timeout | undefined
  readonly #whenUnused: (() => void)[] = []

  constructor(uid: string, keys: Keys, opened: Promise<BlobServerProcess>) {
    this.uid = uid
    this.#keys = keys
    this.opened = opened
    this.gone = opened.then(
      async (running) => {
        this.#process = running
        await running.ended
        clearTimeout(this.#idle)
      },
      () => undefined,
    )
  }

  /** It is on its way out: whoever wants the account waits for `gone` and opens it anew. */
  get closing(): boolean {
    return this.#closing
  }

  get idle(): boolean {
    return this.#process !== null && this.#users === 0 && !this.#closing
  }

  enter(): void {
    this.#users += 1
    clearTimeout(this.#idle)
  }

  /** Answers whether nobody uses it any more. */
  leave(): boolean {
    this.#users -= 1
    if (this.#users > 0) return false
    for (const tell of this.#whenUnused.splice(0)) tell()
    return true
  }

  closeAfter(idleMs: number, closeLimitMs: number): void {
    // A real timer: it gives memory back, no date of a customer hangs on it.
    this.#idle = setTimeout(() => this.close(closeLimitMs), idleMs)
  }

  async unused(): Promise<void> {
    if (this.#users > 0) await new Promise<void>((resolve) => this.#whenUnused.push(resolve))
  }

  async haveKeys(keys: Keys): Promise<void> {
    const running = await this.opened
    if (sameKeys(this.#keys, keys)) return
    this.#keys = keys
    await running.setKeys(keys)
  }

  close(limitMs: number): void {
    this.#end((running) => running.close(limitMs))
  }

  kill(): void {
    this.#end((running) => running.kill())
  }

  #end(how: (running: BlobServerProcess) => Promise<void>): void {
    this.#closing = true
    clearTimeout(this.#idle)
    // One that did not open has nothing to end; `gone` tells both.
    this.opened.then(how, () => undefined)
  }
}
