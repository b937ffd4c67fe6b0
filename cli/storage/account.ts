import { createHash } from 'node:crypto'
import { hasCode } from '../../api/client-error.ts'
import { principalOf } from '../../api/client-token.ts'
import type { Client } from '../../api/client.ts'
import { CommandRefused } from '../failure.ts'
import { filterOf, listResources } from '../resource/list.ts'
import { findSubscription, listSubscriptions } from '../subscription/find.ts'

export const storageType = 'Microsoft.Storage/storageAccounts'

export type StorageAccount = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly properties: {
    readonly provisioningState: string
    readonly primaryEndpoints: { readonly blob: string }
  }
}

export function accountId(subscriptionId: string, group: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/${storageType}/${name}`
}

export async function readAccount(client: Client, id: string): Promise<StorageAccount> {
  const { body } = await client.request<StorageAccount>('GET', id)
  return body
}

/** The account of a name, in one subscription or in all that the caller may see. */
export async function findAccount(
  client: Client,
  name: string,
  within: string | null,
): Promise<StorageAccount> {
  const subscriptions =
    within === null ? await listSubscriptions(client) : [await findSubscription(client, within)]
  const filter = filterOf({ resourceType: storageType, name })
  for (const { subscriptionId } of subscriptions) {
    const [found] = await listResources(client, subscriptionId, filter)
    if (found !== undefined) return readAccount(client, found.id)
  }
  throw new CommandRefused(
    `There is no storage account '${name}' in any subscription that you may see. List them: npx ` +
      'reprieve storage list. One whose subscription was purged is gone, with all that was in it.',
  )
}

/** Makes the group if need be, and the account; an account that is there already is answered. */
export async function createAccount(
  client: Client,
  wanted: {
    readonly subscriptionId: string
    readonly group: string
    readonly name: string
    readonly location: string
  },
): Promise<StorageAccount> {
  const { subscriptionId, group, name, location } = wanted
  await ensureGroup(client, wanted)
  const id = accountId(subscriptionId, group, name)
  const answer = await client.request('PUT', id, {
    body: { location, sku: { name: 'Standard_LRS' }, kind: 'StorageV2' },
  })
  await client.accepted(answer)
  return readAccount(client, id)
}

/** A group stays where it is: only a missing one is made. */
async function ensureGroup(
  client: Client,
  wanted: { readonly subscriptionId: string; readonly group: string; readonly location: string },
): Promise<void> {
  const path = `/subscriptions/${wanted.subscriptionId}/resourcegroups/${wanted.group}`
  try {
    await client.request('GET', path)
  } catch (error) {
    if (!hasCode(error, 'ResourceGroupNotFound')) throw error
    await client.request('PUT', path, { body: { location: wanted.location } })
  }
}

/** Azure's id of the role Storage Blob Data Owner. */
const blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

/**
 * Lets the caller read and write blobs by signing in. Keys cannot be asked for while a subscription
 * is disabled; a role goes on reading throughout the retention.
 */
export async function grantBlobAccess(client: Client, id: string): Promise<void> {
  const principalId = principalOf(await client.token('management'))
  const name = assignmentName(id, principalId)
  const subscription = id.split('/').slice(0, 3).join('/')
  const definitions = `${subscription}/providers/Microsoft.Authorization/roleDefinitions`
  try {
    await client.request('PUT', `${id}/providers/Microsoft.Authorization/roleAssignments/${name}`, {
      body: {
        properties: {
          roleDefinitionId: `${definitions}/${blobDataOwner}`,
          principalId,
          principalType: 'ServicePrincipal',
        },
      },
    })
  } catch (error) {
    if (!hasCode(error, 'RoleAssignmentExists')) throw error
  }
}

/** A name that is the same for the same assignment: asked for twice, it is made once. */
function assignmentName(scope: string, principalId: string): string {
  const digest = createHash('sha256')
    .update(`${scope.toLowerCase()} ${principalId} ${blobDataOwner}`)
    .digest('hex')
  const variant = '8'
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(12, 15)}`,
    `${variant}${digest.slice(15, 18)}`,
    digest.slice(18, 30),
  ].join('-')
}
