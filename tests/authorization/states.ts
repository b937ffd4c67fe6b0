import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Api } from './api.ts'
import { type Building, makePlace } from './building.ts'
import { uuid } from './calls.ts'
import {
  type Place,
  type Subject,
  houseAccount,
  pastAccount,
  pastClock,
  storageBody,
  storagePath,
} from './place.ts'

/** A subscription in every state, and work that was done in one and in the tenant. */
export type States = {
  readonly places: { readonly [Name in Subject]: Place }
  readonly operations: { readonly inSubscription: string; readonly inTenant: string }
}

export async function makePlaces(building: Building): Promise<States> {
  const { api } = building
  const [enabled, disabled, warned, deleted] = await Promise.all([
    makePlace(building, 'PayAsYouGo', 'enabled', houseAccount),
    makePlace(building, 'PayAsYouGo', 'disabled', houseAccount),
    makePlace(building, 'PayAsYouGo', 'warned', houseAccount),
    makePlace(building, 'PayAsYouGo', 'deleted', pastAccount),
  ])
  await Promise.all([enabled, disabled, deleted].map((place) => makeStorage(api, place)))
  await breakStorage(building, warned)
  await Promise.all([disabled, warned, deleted].map((place) => cancel(api, place)))
  await api.untilState(disabled, 'Disabled')
  await api.untilState(warned, 'Warned')
  await api.untilState(deleted, 'Disabled')
  const temporary = `/subscriptions/${enabled.subscriptionId}/resourceGroups/temporary`
  await api.must('PUT', temporary, { location: 'local' })
  const clock = `/providers/Reprieve.Lifecycle/testClocks/${pastClock}`
  return {
    places: {
      Enabled: enabled,
      Warned: warned,
      Disabled: disabled,
      Deleted: deleted,
      Unknown: { ...enabled, subscriptionId: uuid() },
    },
    operations: {
      inSubscription: await carryOut(building, 'DELETE', temporary),
      inTenant: await carryOut(building, 'POST', `${clock}/advance`, { by: 'P91D' }),
    },
  }
}

/** Has work done to its end; answers its id. */
async function carryOut(
  { api, server }: Building,
  method: string,
  path: string,
  body?: object,
): Promise<string> {
  const first = await api.call(method, path, server.credential, body)
  const last = await server.client.follow(first)
  const id = /([\w-]+)\?/.exec(first.headers['location']?.split('/').at(-1) ?? '')?.[1]
  if (id !== undefined && last.status === 200) return id
  throw new Error(`${method} ${path}: ${first.status}, then ${last.status}`)
}

async function makeStorage(api: Api, place: Place): Promise<void> {
  await api.must('PUT', storagePath(place), storageBody)
}

/**
 * A disk that fails: where the folder of a store was, there is something else. Its effects cannot
 * be confirmed, so its subscription drains, and goes on draining, until somebody mends it.
 */
async function breakStorage({ api, server }: Building, place: Place): Promise<void> {
  const stores = join(server.dataFolder, 'stores')
  const before = new Set(readdirSync(stores))
  await makeStorage(api, place)
  const folder = readdirSync(stores).find((name) => !before.has(name))
  if (folder === undefined) throw new Error('the storage account has no folder')
  renameSync(join(stores, folder), join(server.dataFolder, 'mislaid'))
  writeFileSync(join(stores, folder), '')
}

export async function cancel(api: Api, { subscriptionId }: Place): Promise<void> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/cancel`
  const as = api.tokenOf('steward')
  await api.must('POST', `${path}?IgnoreResourceCheck=true`, undefined, as)
}
