import { randomUUID } from 'node:crypto'
import type { Answer } from '../../api/client-answer.ts'
import type { As, TestClient } from '../../testing/client.ts'

/** Somebody who can sign in. */
export type Person = {
  readonly tenantId: string
  readonly objectId: string
  readonly clientId: string
  readonly clientSecret: string
}

/** The ids that Azure gives its roles, in every tenant. */
export const roles = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  userAccessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
} as const

const lifecycle = '/providers/Reprieve.Lifecycle'

/** Makes what a test is about, as one person. Each throws unless it was made. */
export class World {
  readonly client: TestClient
  readonly #as: { readonly as?: As }

  constructor(client: TestClient, as?: As) {
    this.client = client
    this.#as = as === undefined ? {} : { as }
  }

  async make<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const sent = body === undefined ? this.#as : { ...this.#as, body }
    const first = await this.client.request(method, path, sent)
    const end = first.status === 202 ? await this.client.follow(first, this.#as.as) : first
    if (end.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(end)}`)
    return end.body as Body
  }

  async clock(name: string, now: string): Promise<void> {
    await this.make('PUT', `${lifecycle}/testClocks/${name}`, { properties: { now } })
  }

  /** Answers its billing scope. */
  async billingAccount(
    name: string,
    asked: { readonly testClock?: string; readonly agreementType?: string } = {},
  ): Promise<string> {
    const usual = { displayName: name, currency: 'EUR', language: 'en', country: 'FR' }
    const made = await this.make<{ properties: { billingScope: string } }>(
      'PUT',
      `${lifecycle}/billingAccounts/${name}`,
      { properties: { ...usual, ...asked } },
    )
    return made.properties.billingScope
  }

  /** Answers its id. */
  async subscription(
    billingScope: string,
    asked: { readonly offer?: string; readonly owner?: string; readonly displayName?: string } = {},
  ): Promise<string> {
    const { displayName = 'a subscription' } = asked
    const tags = asked.offer === undefined ? {} : { 'reprieve:offer': asked.offer }
    const owner = asked.owner === undefined ? {} : { subscriptionOwnerId: asked.owner }
    const additionalProperties = { ...owner, tags }
    const made = await this.make<{ properties: { subscriptionId: string } }>(
      'PUT',
      `/providers/Microsoft.Subscription/aliases/alias-${randomUUID()}`,
      { properties: { displayName, workload: 'Production', billingScope, additionalProperties } },
    )
    return made.properties.subscriptionId
  }

  async group(subscriptionId: string, name: string): Promise<string> {
    const path = `/subscriptions/${subscriptionId}/resourceGroups/${name}`
    await this.make('PUT', path, { location: 'local' })
    return path
  }

  /** Answers its first key. */
  async storage(subscriptionId: string, group: string, name: string): Promise<string> {
    const path = storagePath(subscriptionId, group, name)
    const sku = { name: 'Standard_LRS' }
    await this.make('PUT', path, { location: 'local', kind: 'StorageV2', sku })
    const { keys } = await this.make<{ keys: { value: string }[] }>('POST', `${path}/listKeys`)
    return keys[0]?.value ?? ''
  }

  /** A service principal of the caller's tenant; with one role if it is told. */
  async person(name: string, role?: { readonly id: string; readonly scope: string }) {
    const path = `${lifecycle}/servicePrincipals/${name}`
    const { properties } = await this.make<{ properties: Person }>('PUT', path, {})
    const { tenantId, objectId, clientId } = properties
    const { clientSecret } = await this.make<Person>('POST', `${path}/addSecret`)
    if (role !== undefined) await this.assign(role.scope, role.id, objectId)
    return { tenantId, objectId, clientId, clientSecret } satisfies Person
  }

  async assign(scope: string, roleId: string, principalId: string): Promise<string> {
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`
    const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
    await this.make('PUT', path, { properties: { roleDefinitionId, principalId } })
    return path
  }

  /** Answers the administrator of a new tenant. */
  async tenant(displayName: string): Promise<Person> {
    const path = `${lifecycle}/tenants/${randomUUID()}`
    const made = await this.make<{ properties: { firstServicePrincipal: Person } }>('PUT', path, {
      properties: { displayName },
    })
    return made.properties.firstServicePrincipal
  }
}

export function storagePath(subscriptionId: string, group: string, name: string): string {
  return (
    `/subscriptions/${subscriptionId}/resourceGroups/${group}` +
    `/providers/Microsoft.Storage/storageAccounts/${name}`
  )
}

/** The code of an ARM error, for a test that says which one. */
export function codeOf({ body }: Answer): string {
  return (body as { error?: { code?: string } } | null)?.error?.code ?? 'no error'
}

export function messageOf({ body }: Answer): string {
  return (body as { error?: { message?: string } } | null)?.error?.message ?? 'no error'
}
