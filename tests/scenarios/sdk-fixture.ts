import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { BillingManagementClient } from '@azure/arm-billing'
import { ConsumptionManagementClient } from '@azure/arm-consumption'
import { ResourceManagementClient } from '@azure/arm-resources'
import { SubscriptionClient as SubscriptionsClient } from '@azure/arm-resources-subscriptions'
import { StorageManagementClient } from '@azure/arm-storage'
import { SubscriptionClient } from '@azure/arm-subscriptions'
import type { PipelinePolicy } from '@azure/core-rest-pipeline'
import { ClientSecretCredential } from '@azure/identity'
import {
  BlobServiceClient,
  StorageSharedKeyCredential,
  type StoragePipelineOptions,
} from '@azure/storage-blob'
import type { TestServer } from '../../testing/index.ts'
import type { WatchedServer } from '../contract/watched-server.ts'

/** Azure's own clients, unmodified, told only where the server is and whom to trust. */
export type Sdk = {
  readonly credential: ClientSecretCredential
  readonly subscription: SubscriptionClient
  readonly subscriptions: SubscriptionsClient
  readonly resources: (subscriptionId: string) => ResourceManagementClient
  readonly storage: (subscriptionId: string) => StorageManagementClient
  readonly authorization: (subscriptionId: string) => AuthorizationManagementClient
  readonly billing: (subscriptionId: string) => BillingManagementClient
  readonly consumption: (subscriptionId: string) => ConsumptionManagementClient
}

export type Secret = {
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
}

export function sdkFor(
  { server, recorder }: Pick<WatchedServer, 'server' | 'recorder'>,
  { tenantId, clientId, clientSecret }: Secret = server.credential,
): Sdk {
  const { endpoint } = server
  const tlsOptions = { ca: server.ca }
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: endpoint,
    disableInstanceDiscovery: true,
    tlsOptions,
  })
  const options = { endpoint, tlsOptions, additionalPolicies: [recorder] }
  return {
    credential,
    subscription: new SubscriptionClient(credential, options),
    subscriptions: new SubscriptionsClient(credential, options),
    resources: (id) => new ResourceManagementClient(credential, id, options),
    storage: (id) => new StorageManagementClient(credential, id, options),
    authorization: (id) => new AuthorizationManagementClient(credential, id, options),
    billing: (id) => new BillingManagementClient(credential, id, options),
    consumption: (id) => new ConsumptionManagementClient(credential, id, options),
  }
}

/** The one that no SDK has an option for. */
export const ignoreResourceCheckPolicy: PipelinePolicy = {
  name: 'ignoreResourceCheckPolicy',
  sendRequest: (request, next) => {
    const url = new URL(request.url)
    if (url.pathname.endsWith('/cancel')) url.searchParams.set('IgnoreResourceCheck', 'true')
    request.url = url.href
    return next(request)
  },
}

type BlobPlane = Pick<TestServer, 'blobEndpoint' | 'ca'>

export function blobsByKey(server: BlobPlane, account: string, key: string): BlobServiceClient {
  const credential = new StorageSharedKeyCredential(account, key)
  return new BlobServiceClient(`${server.blobEndpoint}/${account}`, credential, optionsFor(server))
}

export function blobsByToken(server: BlobPlane, account: string, sdk: Sdk): BlobServiceClient {
  const address = `${server.blobEndpoint}/${account}`
  return new BlobServiceClient(address, sdk.credential, optionsFor(server))
}

/** With a shared access signature, as a URL that was handed to somebody. */
export function blobsBySignature(server: BlobPlane, url: string): BlobServiceClient {
  return new BlobServiceClient(url, undefined, optionsFor(server))
}

/** No retries: a refusal is looked at, not waited out. */
function optionsFor({ ca }: BlobPlane): StoragePipelineOptions {
  // The option is passed on to the transport, though this package's types do not name it.
  const trust = { tlsOptions: { ca } }
  return { retryOptions: { maxTries: 1 }, ...trust }
}
