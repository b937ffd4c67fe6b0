import type { Agent } from 'node:http'
import type { Random } from '../../kernel/ids.ts'
import type { Clock } from '../../kernel/instant.ts'
import type { Keys } from './azurite.ts'
import type { BlobServers, StorageLog } from './blob-servers.ts'
import type { DataAction } from './gateway-target.ts'

/** What the gateway has to know of a storage account. */
export type AccountView = {
  readonly uid: string
  readonly name: string
  readonly keys: Keys
  readonly subscriptionId: string
  readonly hostId: string
  /** Whether its containers may be made readable for everybody; not unless it says so. */
  readonly allowBlobPublicAccess?: boolean
}

export type GatewayOptions = {
  readonly servers: Pick<BlobServers, 'use' | 'kill'>
  readonly findAccount: (name: string) => Promise<AccountView | null>
  /**
   * Whether the account may be written to: read from the database, committed, at this moment, never
   * remembered. Null when the account is gone.
   */
  readonly readGate: (uid: string) => Promise<{ readonly writable: boolean } | null>
  readonly authorizeToken: (
    bearer: string,
    account: AccountView,
    action: DataAction,
  ) => Promise<'allow' | 'deny' | 'invalid'>
  readonly thisHostId: string
  /** Where another host's gateway listens; null when it is not known. */
  readonly hostUrl: (hostId: string) => Promise<string | null>
  /** Trusts the hosts' certificates. */
  readonly hostAgent: Agent
  /** The same on all hosts; signs what one says to another. */
  readonly passOnKey: Uint8Array
  /**
   * `https://host:port`, as clients know it: what listings show, and where copies may come from.
   */
  readonly publicUrl: string
  /** The value of `WWW-Authenticate` for a token that was not accepted. */
  readonly tokenChallenge: string
  readonly clock: Clock
  readonly random: Random
  readonly log: StorageLog
  /** The longest time between reading the gate and a success. Default 5000. */
  readonly commitLimitMs?: number
}
