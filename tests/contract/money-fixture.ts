import type { TestClient } from '../../testing/client.ts'
import type { TestServer } from '../../testing/index.ts'
import { blobsByKey } from '../scenarios/sdk-fixture.ts'
import { World, storagePath } from './world-fixture.ts'

export const accounts = '/providers/Reprieve.Lifecycle/billingAccounts'

/** Two support plans of one account, bought on 1 March, on a clock that stands there. */
export type Bought = { readonly plan: string; readonly other: string; readonly scope: string }

/**
 * A billing account in euros with 20 % tax on a test clock of its own, both of one name, and two
 * support plans of 100 and 29 dollars' worth a month. Its first invoice is dated 1 April 2026.
 */
export async function buySupport(client: TestClient, name: string): Promise<Bought> {
  const world = new World(client)
  await world.clock(name, '2026-03-01T00:00:00Z')
  const scope = await world.billingAccount(name, { testClock: name })
  await world.make('PUT', `${accounts}/${name}`, { properties: { taxRate: '20' } })
  const plan = await world.subscription(scope, {
    offer: 'SupportStandard',
    displayName: 'Standard support',
  })
  const other = await world.subscription(scope, {
    offer: 'SupportDeveloper',
    displayName: 'Developer support',
  })
  return { plan, other, scope }
}

/** Moves the account's clock; all that falls due is done. */
export async function advanceTo(client: TestClient, clock: string, to: string): Promise<void> {
  const { status, body } = await client.advance(clock, { to })
  if (status !== 200) throw new Error(`advance ${clock}: ${JSON.stringify(body)}`)
}

/** Far enough that no machine on which this runs has got there. */
const metered = '2090-03-01T00:00:00Z'

export type Metered = {
  readonly subscriptionId: string
  /** The ARM ids of its storage accounts. */
  readonly stores: readonly string[]
  /** Puts so many bytes into one of them; counted from the next advance on. */
  readonly fill: (store: number, bytes: number) => Promise<void>
}

/**
 * A billing account, its test clock (on 1 March 2090) and a subscription with two storage accounts,
 * all called by one name. What they store costs 100,000 euros per GB-month.
 */
export async function meterStorage(
  server: Pick<TestServer, 'blobEndpoint' | 'ca'>,
  client: TestClient,
  name: string,
  asked: { readonly agreementType?: string; readonly offer?: string } = {},
): Promise<Metered> {
  const world = new World(client)
  const { agreementType = 'MicrosoftOnlineServicesProgram' } = asked
  const offer = agreementType.startsWith('MicrosoftOnline') ? 'PayAsYouGo' : agreementType
  const price = { offer, meter: 'storage-gb-months', unitPrices: { EUR: '100000' } }
  const prices = [{ ...price, effectiveFrom: '2090-01-01T00:00:00Z' }]
  const priceList = `/providers/Reprieve.Lifecycle/priceLists/${name}`
  await world.make('PUT', priceList, { properties: { prices } })
  await world.clock(name, metered)
  const terms = { displayName: name, currency: 'EUR', agreementType, testClock: name }
  const made = await world.make<{ properties: { billingScope: string } }>(
    'PUT',
    `${accounts}/${name}`,
    { properties: { ...terms, priceList: name } },
  )
  const taken = asked.offer === undefined ? {} : { offer: asked.offer }
  const subscriptionId = await world.subscription(made.properties.billingScope, taken)
  await world.group(subscriptionId, 'metered')
  const names = [`${name}one`, `${name}two`]
  const keys: string[] = []
  for (const store of names) keys.push(await world.storage(subscriptionId, 'metered', store))
  const fill = async (store: number, bytes: number): Promise<void> => {
    const blobs = blobsByKey(server, names[store] ?? '', keys[store] ?? '')
    const container = blobs.getContainerClient('metered')
    await container.createIfNotExists()
    await container.getBlockBlobClient(`of ${bytes}`).uploadData(Buffer.alloc(bytes, 7))
  }
  const stores = names.map((store) => storagePath(subscriptionId, 'metered', store))
  return { subscriptionId, stores, fill }
}
