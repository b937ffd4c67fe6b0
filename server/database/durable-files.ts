import { fsyncSync } from 'node:fs'
import type { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import type { Sync } from './durable-writes.ts'

/** An open file or folder in the engine. `nfd` is the descriptor of the real one. */
type OpenFile = { readonly nfd: number }

/**
 * The part of the engine's own file system that we reach into. Kept honest by a test that counts.
 */
type NodeFiles = {
  readonly stream_ops: { fsync?: (stream: OpenFile) => number }
  readonly convertNodeCode: (error: unknown) => number | undefined
}

type Options = Parameters<NodeFS['init']>[1]

/** The number by which the engine knows an input or output error. */
const inputOutputError = 29

/**
 * Files that are really on the disk when PostgreSQL believes so. The engine's own file system has
 * no fsync: it answers "done" and does nothing, so a power cut would take acknowledged commits.
 */
export class DurableFiles extends NodeFS {
  readonly #sync: Sync
  #failure: unknown

  constructor(folder: string, sync: Sync = fsyncSync) {
    super(folder)
    this.#sync = sync
  }

  /** The first error of a sync. What was written since the one before it may be lost. */
  get failure(): unknown {
    return this.#failure
  }

  override async init(pg: PGlite, options: Options): ReturnType<NodeFS['init']> {
    const prepared = await super.init(pg, options)
    const preRun = prepared.emscriptenOpts.preRun as ((engine: { NODEFS: NodeFiles }) => void)[]
    preRun.push(({ NODEFS: files }) => {
      files.stream_ops.fsync = (stream) => this.#syncOpenFile(files, stream)
    })
    return prepared
  }

  /**
   * Answers as the engine's system call: 0, or the number of an error, which PostgreSQL acts on.
   */
  #syncOpenFile(files: NodeFiles, stream: OpenFile): number {
    try {
      this.#sync(stream.nfd)
      return 0
    } catch (error) {
      // Some systems cannot sync a folder. PostgreSQL knows, and goes on.
      if (!isUnsupported(error)) this.#failure ??= error
      return files.convertNodeCode(error) ?? inputOutputError
    }
  }
}

function isUnsupported(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'EBADF' || code === 'EINVAL'
}
