import type { LightMyRequestResponse } from 'fastify'
import type { ControlPlane } from './control-plane-fixture.ts'
import { subscriptionA } from './world-fixture.ts'

export const group = `/subscriptions/${subscriptionA}/resourceGroups/mine`
export const groups = 'api-version=2025-04-01'
export const accounts = `${group}/providers/Microsoft.Storage/storageAccounts`
export const storage = 'api-version=2024-01-01'
export const accountBody = { location: 'local', kind: 'StorageV2', sku: { name: 'Standard_LRS' } }

export async function putGroup(
  plane: ControlPlane,
  name = 'mine',
): Promise<LightMyRequestResponse> {
  const path = `/subscriptions/${subscriptionA}/resourcegroups/${name}?${groups}`
  return plane.call('PUT', path, { body: { location: 'local' } })
}

export async function putAccount(
  plane: ControlPlane,
  name: string,
  body: object = {},
): Promise<LightMyRequestResponse> {
  const path = `${accounts}/${name}?${storage}`
  return plane.call('PUT', path, { body: { ...accountBody, ...body } })
}

/** The status and code of an ARM error. */
export function errorOf(response: LightMyRequestResponse): string {
  const body = response.json<{ error?: { code?: string } }>()
  return `${response.statusCode} ${body.error?.code}`
}

/** The names in a list's answer, as they come. */
export function namesIn(response: LightMyRequestResponse): string[] {
  return response.json<{ value: { name: string }[] }>().value.map(({ name }) => name)
}
