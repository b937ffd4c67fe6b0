import { type TestServer, start } from '../../testing/index.ts'
import { makeServerDatabase } from '../contract/server-database.ts'
import { type Actor, type CustomRole, roleIds } from './actors.ts'
import { type Api, type Principal, apiOf } from './api.ts'
import {
  defineRoles,
  giveAtTenant,
  makeAccount,
  makePlace,
  makePrincipals,
  makeTenant,
  secretsOf,
} from './building.ts'
import { uuid } from './calls.ts'
import { type Offer, type Place, houseAccount, pastAccount, pastClock } from './place.ts'
import { type States, cancel, makePlaces } from './states.ts'

export type World = Api &
  States & {
    readonly server: TestServer
    readonly close: () => Promise<void>
    readonly principals: { readonly [Name in Actor]: Principal }
    readonly tenantB: string
    /** Issued to an Owner of the tenant who was disabled since. */
    readonly disabledToken: string
    readonly customRoleIds: { readonly [Name in CustomRole]: string }
    /** A new subscription in a billing account of its own; every actor holds his role on it. */
    readonly makePlace: (offer: Offer, name: string, testClock?: string) => Promise<Place>
    readonly cancel: (place: Place) => Promise<void>
    /** Everything of tenant A that nobody of tenant B may read anywhere. */
    readonly secrets: () => readonly string[]
  }

/** One server for the whole table: two tenants, every actor, a subscription in every state. */
export async function openWorld(): Promise<World> {
  const database = await makeServerDatabase()
  const server = await start(database === null ? {} : { database: database.url })
  const api = apiOf(server)
  const tenantB = uuid()
  const stranger = await makeTenant(api, tenantB)
  const principals = { ...(await makePrincipals(api, server)), stranger }
  const customRoleIds = await defineRoles(api)
  const made = new Map<string, Place>()
  const building = { server, api, principals, customRoleIds, made }
  await giveAtTenant(building)
  await makeAccount(building, houseAccount, 'PayAsYouGo', null)
  await api.must('PUT', `/providers/Reprieve.Lifecycle/testClocks/${pastClock}`, {
    properties: { now: '2026-01-01T00:00:00Z' },
  })
  await makeAccount(building, pastAccount, 'PayAsYouGo', pastClock)
  const { places, operations } = await makePlaces(building)
  return {
    ...api,
    server,
    close: async () => {
      await server.close()
      await database?.remove()
    },
    principals,
    places,
    operations,
    disabledToken: await disabledOwner(api),
    tenantB,
    customRoleIds,
    makePlace: async (offer, name, testClock) => {
      await makeAccount(building, name, offer, testClock ?? null)
      return makePlace(building, offer, name, name)
    },
    cancel: (place) => cancel(api, place),
    secrets: () => secretsOf(building),
  }
}

async function disabledOwner(api: Api): Promise<string> {
  const { token, objectId } = await api.makePrincipal('left-the-house')
  await api.assign('/', roleIds.owner, objectId)
  await api.must('DELETE', '/providers/Reprieve.Lifecycle/servicePrincipals/left-the-house')
  return token
}
