import { type TestServer } from '../../testing/index.ts'
import {
  type Actor,
  type CustomRole,
  type Member,
  customRoles,
  members,
  memberships,
  roleIds,
} from './actors.ts'
import type { Api, Principal, Signed } from './api.ts'
import { settled } from './calls.ts'
import { type Offer, type Place, group, siblingGroup } from './place.ts'

/** What a world is made with. */
export type Building = {
  readonly server: TestServer
  readonly api: Api
  readonly principals: { readonly [Name in Actor]: Principal }
  readonly customRoleIds: { readonly [Name in CustomRole]: string }
  readonly made: Map<string, Place>
}

const agreements: { readonly [Name in Offer]: string } = {
  PayAsYouGo: 'MicrosoftOnlineServicesProgram',
  FreeTrial: 'MicrosoftOnlineServicesProgram',
  MicrosoftCustomerAgreement: 'MicrosoftCustomerAgreement',
  EnterpriseAgreement: 'EnterpriseAgreement',
}

export async function makeTenant(api: Api, tenantId: string): Promise<Principal> {
  const { body } = await api.must('PUT', `/providers/Reprieve.Lifecycle/tenants/${tenantId}`, {
    properties: { displayName: 'Tenant B' },
  })
  const signed = (body as { properties: { firstServicePrincipal: Signed } }).properties
  return api.signIn('stranger', { ...signed.firstServicePrincipal, tenantId })
}

export async function makePrincipals(api: Api, server: TestServer) {
  const made = await settled(members, async (name) => [
    name,
    name === 'tenantOwner'
      ? await api.signIn(name, server.credential)
      : await api.makePrincipal(`actor-${name}`),
  ])
  return Object.fromEntries(made) as { readonly [Name in Member]: Principal }
}

export async function defineRoles(api: Api) {
  const made = await settled(Object.entries(customRoles), async ([name, permission]) => [
    name,
    await api.defineRole(`table-${name}`, permission, ['/']),
  ])
  return Object.fromEntries(made) as Building['customRoleIds']
}

function roleIdOf({ customRoleIds }: Building, role: string): string {
  return { ...roleIds, ...customRoleIds }[role as keyof typeof roleIds]
}

async function give(building: Building, scope: string, at: string): Promise<void> {
  const holders = members.filter((name) => memberships[name].at === at && name !== 'tenantOwner')
  await settled(holders, async (name) => {
    const role = roleIdOf(building, memberships[name].role ?? '')
    await building.api.assign(scope, role, building.principals[name].objectId)
  })
}

export async function giveAtTenant(building: Building): Promise<void> {
  await give(building, '/', 'tenant')
}

export async function makeAccount(
  building: Building,
  name: string,
  offer: Offer,
  testClock: string | null,
): Promise<void> {
  const properties = { agreementType: agreements[offer], testClock }
  await building.api.must('PUT', `/providers/Reprieve.Lifecycle/billingAccounts/${name}`, {
    properties,
  })
  const scope = `/providers/Microsoft.Billing/billingAccounts/${name}`
  await give(building, scope, 'billingAccount')
}

export async function makePlace(
  building: Building,
  offer: Offer,
  name: string,
  account: string,
): Promise<Place> {
  const { api, principals } = building
  const owner = principals.accountAdministrator.objectId
  const { body } = await api.must('PUT', `/providers/Microsoft.Subscription/aliases/${name}`, {
    properties: {
      displayName: `The ${name} subscription`,
      billingScope: `/providers/Microsoft.Billing/billingAccounts/${account}`,
      additionalProperties: { subscriptionOwnerId: owner, tags: { 'reprieve:offer': offer } },
    },
  })
  const { subscriptionId } = (body as { properties: { subscriptionId: string } }).properties
  const scope = `/subscriptions/${subscriptionId}`
  await give(building, scope, 'subscription')
  await dropOwner(api, scope, owner)
  for (const each of [group, siblingGroup]) {
    await api.must('PUT', `${scope}/resourceGroups/${each}`, { location: 'local' })
  }
  await give(building, `${scope}/resourceGroups/${group}`, 'group')
  const storage = `t${subscriptionId.replaceAll('-', '').slice(0, 20)}`
  const place = { subscriptionId, displayName: `The ${name} subscription`, offer, storage }
  building.made.set(name, place)
  return place
}

/** Who pays is made Owner with the subscription; in the table the two are told apart. */
async function dropOwner(api: Api, scope: string, principalId: string): Promise<void> {
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments`
  const { body } = await api.must('GET', `${path}?$filter=atScope()`)
  const { value } = body as {
    value: { id: string; properties: { principalId: string; scope: string } }[]
  }
  for (const { id, properties } of value) {
    if (properties.principalId === principalId && properties.scope === scope) {
      await api.must('DELETE', id)
    }
  }
}

export function secretsOf({
  made,
  principals,
  customRoleIds,
  server,
}: Building): readonly string[] {
  const own = Object.entries(principals).filter(([name]) => name !== 'stranger')
  return [
    server.credential.tenantId,
    ...own.flatMap(([, { objectId, clientId }]) => [objectId, clientId]),
    ...Object.values(customRoleIds),
    ...[...made.values()].flatMap(({ subscriptionId, displayName, storage }) => [
      subscriptionId,
      displayName,
      storage,
    ]),
    ...Object.keys(customRoles).map((name) => `table-${name}`),
    ...own.map(([name]) => `actor-${name}`),
  ]
}
