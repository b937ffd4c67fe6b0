import { randomUUID } from 'node:crypto'
import { blobDataOwnerRole } from '../../server/roles/built-in.ts'
import type { TestServer } from '../../testing/index.ts'
import { type Crew, newCrew } from './model.ts'

const beginning = '2026-11-01T00:00:00Z'
const lifecycles = '/providers/Reprieve.Lifecycle'

/** A clock and a billing account for each crew, and the right to write blobs for all of them. */
export async function makeCrews(server: TestServer, count: number): Promise<readonly Crew[]> {
  await put(server, `/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, {
    roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${blobDataOwnerRole.id}`,
    principalId: server.credential.objectId,
  })
  const crews: Crew[] = []
  for (let number = 0; number < count; number += 1) {
    const name = `crew${number}`
    await put(server, `${lifecycles}/testClocks/${name}`, { now: beginning })
    const answer = await put(server, `${lifecycles}/billingAccounts/${name}`, {
      displayName: name,
      currency: 'USD',
      language: 'en',
      country: 'US',
      invoiceDay: 1,
      agreementType: 'MicrosoftOnlineServicesProgram',
      testClock: name,
    })
    const { billingScope } = (answer as { properties: { billingScope: string } }).properties
    crews.push(newCrew({ name, clock: name, billingScope }, Date.parse(beginning)))
  }
  return crews
}

async function put(server: TestServer, path: string, properties: object): Promise<unknown> {
  const { status, body } = await server.client.request('PUT', path, { body: { properties } })
  if (status < 300) return body
  throw new Error(`PUT ${path} was answered ${status}: ${JSON.stringify(body)}`)
}
