import type { TestClient } from '../../testing/client.ts'
import { World } from './world-fixture.ts'

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
