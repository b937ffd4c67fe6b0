import type { BlobServiceClient, StoragePipelineOptions } from '@azure/storage-blob'
import type { Client } from '../../api/client.ts'
import { type Call, optionOf } from '../command.ts'
import { UsageError } from '../failure.ts'
import { findSession } from '../session/session.ts'
import { findAccount, type StorageAccount } from './account.ts'

/** How blobs are asked for: by signing in, or by the account's key. */
export type AuthMode = 'login' | 'key'

export const blobOptions = [
  ['--subscription <subscription>', 'Where the account is (default: wherever it is found)'],
  ['--auth-mode <mode>', 'login: by your role (default); key: by the account key'],
] as const

export type BlobPlace = {
  readonly account: string
  readonly container: string | null
  readonly blob: string | null
}

/** Reads `account/container/blob`; the name of a blob may hold slashes. */
export function parsePlace(text: string): BlobPlace {
  const [account = '', container = '', ...blob] = text.split('/')
  if (account === '') {
    throw new UsageError(`'${text}' names no blob. Such as myaccount/files/readme.txt.`)
  }
  const name = blob.join('/')
  return {
    account,
    container: container === '' ? null : container,
    blob: name === '' ? null : name,
  }
}

/** A place that names a blob, not only its container. */
export function parseBlobPlace(text: string): {
  readonly account: string
  readonly container: string
  readonly blob: string
} {
  const { account, container, blob } = parsePlace(text)
  if (container === null || blob === null) {
    throw new UsageError(`'${text}' names no blob. Such as myaccount/files/readme.txt.`)
  }
  return { account, container, blob }
}

/** The blobs of an account, as the options of a command say. */
export async function openAccount(call: Call, name: string): Promise<BlobServiceClient> {
  const client = await call.client()
  const account = await findAccount(client, name, optionOf(call, 'subscription'))
  const mode = optionOf(call, 'authMode') ?? 'login'
  if (mode !== 'login' && mode !== 'key') throw new UsageError('--auth-mode is login or key.')
  return openBlobs(client, account, { mode, ca: findSession(call.surroundings).ca })
}

/** Azure's own client for blobs. It is loaded when it is needed: loading takes half a second. */
export async function openBlobs(
  client: Client,
  account: StorageAccount,
  { mode, ca }: { readonly mode: AuthMode; readonly ca: string | null },
): Promise<BlobServiceClient> {
  const sdk = await import('@azure/storage-blob')
  const credential =
    mode === 'key'
      ? new sdk.StorageSharedKeyCredential(account.name, await readKey(client, account.id))
      : {
          getToken: async () => {
            const { token, expiresAt } = await client.token('storage')
            return { token, expiresOnTimestamp: expiresAt }
          },
        }
  // The SDK passes on what its type does not name: the authority that is to be trusted.
  const options: StoragePipelineOptions & { readonly tlsOptions?: { readonly ca: string } } = {
    retryOptions: { maxTries: 5, retryDelayInMs: 500, maxRetryDelayInMs: 5000 },
    ...(ca === null ? {} : { tlsOptions: { ca } }),
  }
  const endpoint = account.properties.primaryEndpoints.blob
  return new sdk.BlobServiceClient(endpoint, sdk.newPipeline(credential, options))
}

async function readKey(client: Client, id: string): Promise<string> {
  type Keys = { readonly keys: readonly { readonly value: string }[] }
  const { body } = await client.request<Keys>('POST', `${id}/listKeys`)
  return body.keys[0]?.value ?? ''
}
