import { StartRefused } from './connection.ts'

/** What a data folder says of itself, in `reprieve.json`. */
export type FolderIdentity = {
  readonly product: 'reprieve'
  /** The version of the product that used it last. */
  readonly version: string
  /** The number of the newest migration that its data has seen. */
  readonly schema: number
  readonly engine: 'pglite' | 'postgres'
  /** The major version whose files these are; null when the files are on a server. */
  readonly engineMajor: number | null
  /** The stable name of the host whose folder this is. */
  readonly hostId: string
  readonly createdAt: string
  /** From here on a missing database is a loss, not a first start. */
  readonly databaseMade: boolean
}

/** What this program is, to be compared with what a folder was used by. */
export type Program = {
  readonly version: string
  readonly schema: number
  readonly engine: 'pglite' | 'postgres'
  readonly engineMajor: number | null
}

export const identityName = 'reprieve.json'

/** What may be in a folder that nobody has used yet; a disk's root has `lost+found`. */
const harmlessNames: readonly string[] = ['lost+found', '.gitkeep', '.DS_Store']

/** @throws StartRefused when the folder, which has no identity, belongs to something else. */
export function refuseForeign(folder: string, names: readonly string[]): void {
  const foreign = names.filter((name) => !harmlessNames.includes(name)).sort()
  if (foreign.length === 0) return
  const more = foreign.length > 5 ? `, and ${foreign.length - 5} more` : ''
  throw new StartRefused(
    `The folder ${folder} is not empty and has no ${identityName}, so it is not a data folder of ` +
      `Reprieve. It holds ${foreign.slice(0, 5).join(', ')}${more}. Choose an empty or a new ` +
      `folder with --data, or, if this is a copy of a data folder, copy ${identityName} as well`,
  )
}

/** @throws StartRefused when the text is not an identity of ours. */
export function parseIdentity(folder: string, text: string): FolderIdentity {
  const identity = parseObject(text)
  if (identity === null || identity['product'] !== 'reprieve' || !isComplete(identity)) {
    throw new StartRefused(
      `${identityName} in the folder ${folder} is damaged or not of Reprieve. Restore that file ` +
        'from a backup, or choose another folder with --data',
    )
  }
  return identity
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function isComplete(value: object): value is FolderIdentity {
  const { version, schema, engine, engineMajor, hostId, createdAt, databaseMade } =
    value as FolderIdentity
  return (
    [version, hostId, createdAt].every((text) => typeof text === 'string' && text !== '') &&
    Number.isInteger(schema) &&
    (engine === 'pglite' ? Number.isInteger(engineMajor) : engine === 'postgres') &&
    typeof databaseMade === 'boolean'
  )
}

/** @throws StartRefused when this program cannot use what is in the folder. */
export function refuseUnusable(folder: string, identity: FolderIdentity, program: Program): void {
  if (identity.schema > program.schema) {
    // Builds between two releases bear one version.
    const isSame = identity.version === program.version
    const other = isSame
      ? `a newer build of Reprieve ${identity.version}`
      : `Reprieve ${identity.version}, which is newer than this one (${program.version})`
    const way = isSame ? 'Start that build' : `Start version ${identity.version}`
    throw new StartRefused(
      `The data folder ${folder} was used by ${other}: its schema is ${identity.schema}, this ` +
        `one knows up to ${program.schema}. ${way} or a later one, or restore the backup made ` +
        'before the upgrade',
    )
  }
  if (identity.engine !== program.engine) {
    const had = identity.engine === 'pglite' ? 'the embedded database' : 'a PostgreSQL server'
    const way =
      identity.engine === 'pglite' ? 'without --database' : "with that server's --database"
    throw new StartRefused(
      `The data folder ${folder} belongs to ${had}. Start ${way}, or choose another folder with ` +
        '--data',
    )
  }
  if (identity.engineMajor !== program.engineMajor) {
    throw new StartRefused(
      `The database in ${folder} was written by PostgreSQL ${identity.engineMajor}, and this ` +
        `Reprieve (${program.version}) contains PostgreSQL ${program.engineMajor}, which cannot ` +
        `read its files. Start Reprieve ${identity.version}; its release notes say how to carry ` +
        'data over',
    )
  }
}
