import { createRequire } from 'node:module'
import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * The parts of Azurite 3.36.0 that a blob server is put together from. They are not its public
 * interface: its version is pinned exactly, and the tests of this folder are what a new one must
 * pass. Its own `SqlBlobServer` is not used, because it puts two writers on one SQLite file, reads
 * keys from the environment and starts a collector that can delete live data (`extent-sweep.ts`).
 */
const load = createRequire(import.meta.url)
const source = 'azurite/dist/src'

export type BlobApp = {
  (request: IncomingMessage, response: ServerResponse): void
  readonly set: (setting: string, value: unknown) => void
}

export type Lifetime = {
  readonly init: () => Promise<void>
  readonly close: () => Promise<void>
}

export type StoredBlob = {
  properties: Record<string, unknown> & { contentLength?: number; blobType: string }
  committedBlocksInOrder?: { size: number }[]
  pageRangesInOrder?: { start: number; end: number }[]
  [field: string]: unknown
}

export type MetadataStore = Lifetime & Record<string, (...given: never[]) => unknown>

export type ExtentRow = { readonly id: string }

export type ExtentMetadata = Lifetime & {
  updateExtent: (extent: ExtentRow) => Promise<void>
  readonly deleteExtent: (id: string) => Promise<void>
}

export type ExtentStore = Lifetime & { readonly isActiveExtent: (id: string) => boolean }

type AccountKeys = { readonly name: string; readonly key1: Buffer; readonly key2: Buffer }
type AccountStore = { readonly getAccount: (name: string) => AccountKeys | undefined }
type Logger = Readonly<Record<'error' | 'warn' | 'info' | 'verbose' | 'debug', () => void>>
type Location = {
  readonly locationId: string
  readonly locationPath: string
  maxConcurrency: number
}
type New<Given extends unknown[], Made> = new (...given: Given) => Made

type Modules = {
  readonly MetadataStore: New<[url: string, options: object], MetadataStore>
  readonly ExtentMetadata: New<[url: string, options: object], ExtentMetadata>
  readonly ExtentStore: New<[ExtentMetadata, Location[], Logger], ExtentStore>
  readonly ListenerFactory: New<
    [
      MetadataStore,
      ExtentStore,
      AccountStore,
      accessLog: boolean,
      accessLogStream: undefined,
      loose: boolean,
      skipApiVersionCheck: boolean,
      oauth: undefined,
      disableProductStyleUrl: boolean,
    ],
    { readonly createRequestListener: () => BlobApp }
  >
  readonly BlobHandler: { readonly prototype: Record<string, unknown> }
  readonly logger: Logger
  readonly constants: { USERDELEGATIONKEY_SIGNING_SEED: string }
  readonly errors: Readonly<Record<string, (...given: unknown[]) => Error>>
}

/** Loads them (about 0.2 s, 60 MB). A process that does so serves one account and nothing else. */
export function loadAzurite(): Modules {
  silenceTelemetry()
  const standard = <Name extends keyof Modules>(path: string): Modules[Name] =>
    loadAzuriteModule(path)['default'] as Modules[Name]
  return {
    MetadataStore: standard<'MetadataStore'>('blob/persistence/SqlBlobMetadataStore'),
    ExtentMetadata: standard<'ExtentMetadata'>('common/persistence/SqlExtentMetadataStore'),
    ExtentStore: standard<'ExtentStore'>('common/persistence/FSExtentStore'),
    ListenerFactory: standard<'ListenerFactory'>('blob/BlobRequestListenerFactory'),
    BlobHandler: standard<'BlobHandler'>('blob/handlers/BlobHandler'),
    logger: standard<'logger'>('common/Logger'),
    constants: loadAzuriteModule('blob/utils/constants') as Modules['constants'],
    errors: standard<'errors'>('blob/errors/StorageErrorFactory'),
  }
}

/** Loads one more of its modules, of which `azurite-modules.ts` promises no shape. */
export function loadAzuriteModule(path: string): Record<string, unknown> {
  return load(`${source}/${path}`) as Record<string, unknown>
}

/**
 * An empty module in place of the library that would send measurements to its makers: there is
 * nothing left that could send, and opening an account takes 0.1 s less.
 */
function silenceTelemetry(): void {
  const file = load.resolve('applicationinsights', {
    paths: [load.resolve(`${source}/common/Telemetry`)],
  })
  const empty = { id: file, filename: file, loaded: true, exports: {}, children: [], paths: [] }
  load.cache[file] = empty as unknown as NodeJS.Module
}
