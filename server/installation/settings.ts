/** How this process was started. Everything that an operator may set, and nothing else. */
export type Settings = {
  readonly dataFolder: string
  /** `postgres://...`; null: the embedded database in the data folder. */
  readonly databaseUrl: string | null
  /** 32 bytes that seal every secret in the database; null: made in the data folder. */
  readonly keyFile: string | null
  readonly host: string
  readonly httpPort: number
  readonly httpsPort: number
  readonly blobPort: number
  /** Origin that links are built from; null: `https://localhost:<https port>`. */
  readonly publicUrl: string | null
  readonly publicBlobUrl: string | null
  readonly tlsCertificate: string | null
  readonly tlsKey: string | null
  /** Null: on while the server listens on loopback only. */
  readonly testClocks: boolean | null
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** How many storage servers are open at once on this host. */
  readonly openStores: number
  /** Real time after which an effect that is not confirmed is shown as stuck. */
  readonly effectLimitMs: number
  /** What everything costs; null: what it cost before, at first the packaged examples. */
  readonly priceList: string | null
  /** A folder in which the first files of a new database are kept, to start quicker; null: none. */
  readonly templateCache: string | null
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
