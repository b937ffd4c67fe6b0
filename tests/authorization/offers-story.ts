import { expect } from 'vitest'
import { type Actor, actors } from './actors.ts'
import { messageOf, shortOf } from './answers.ts'
import { wrongInPlace } from './cells.ts'
import { admitted } from './expectation.ts'
import { type Offer, type Place, storageBody, storagePath } from './place.ts'
import { table } from './table.ts'
import type { World } from './world.ts'

/** What an offer decides: the acts that it reserves, and what needs the right to cancel. */
const decided: readonly (readonly [string, 'cancel' | 'reactivate' | null])[] = [
  ['Subscription_Cancel', 'cancel'],
  ['Subscription_Enable', 'reactivate'],
  ['Subscription_Delete', 'cancel'],
  ['ResourceGroups_Delete', null],
  ['Microsoft.Storage/storageAccounts_Delete', null],
]

/** A row of the table, with those in it whom this offer admits. */
function rowOf(operation: string, right: 'cancel' | 'reactivate' | null, offer: Offer) {
  const row = table.find((one) => one.operation === operation)
  const probe = row?.inSubscription?.[0]
  if (row === undefined || probe === undefined) throw new Error(`no row ${operation}`)
  const may = right === null ? probe.may : admitted[offer][right]
  return { method: row.method, probe: { ...probe, may } }
}

const cancelPath = ({ subscriptionId }: Place): string =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/cancel`

/** What is wrong with the cells of what an offer decides, in use and disabled. */
export async function wrongUnderOffer(world: World, offer: Offer): Promise<readonly string[]> {
  const prefix = offer.toLowerCase()
  const enabled = await world.makePlace(offer, `${prefix}-in-use`)
  const disabled = await world.makePlace(offer, `${prefix}-ended`)
  await world.cancel(disabled)
  await world.untilState(disabled, 'Disabled')
  const wrong: string[] = []
  for (const [operation, right] of decided) {
    const check = { world, ...rowOf(operation, right, offer) }
    const unseen = new Map<Actor, string>()
    for (const [subject, place] of [
      ['Unknown', world.places.Unknown],
      ['Enabled', enabled],
      ['Disabled', disabled],
    ] as const) {
      wrong.push(...(await wrongInPlace({ ...check, subject, place }, actors, unseen)))
    }
  }
  return wrong
}

export async function contributorIsRefusedAtCancel(world: World): Promise<void> {
  const place = await world.makePlace('PayAsYouGo', 'contributed')
  const as = world.tokenOf('contributor')
  const { subscriptionId } = place
  const contributor = world.principals.contributor.objectId
  const payer = world.principals.accountAdministrator.objectId
  await world.must('PUT', storagePath(place), storageBody, as)
  await world.must('POST', `${storagePath(place)}/listKeys`, undefined, as)
  const plans = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/cancelPlans`
  const plan = await world.must('POST', plans, undefined, as)
  const { name } = plan.body as { name: string }

  const refused = await world.call('POST', `${cancelPath(place)}?cancelPlan=${name}`, as)
  expect(shortOf(refused)).toBe('403 AuthorizationFailed')
  expect(messageOf(refused)).toBe(
    `The client 'actor-contributor' with object id '${contributor}' does not have ` +
      `authorization to perform action 'Microsoft.Subscription/cancel/action' over scope ` +
      `'/subscriptions/${subscriptionId}'. Under the offer PayAsYouGo, the account ` +
      `administrator (object id '${payer}') may cancel, or a custom role that names ` +
      'Microsoft.Subscription/cancel/action.',
  )
  expect(await world.lifecycleOf(place)).toMatchObject({ state: 'Enabled', suspensions: [] })

  const payerToken = world.tokenOf('accountAdministrator')
  await world.must('POST', `${cancelPath(place)}?cancelPlan=${name}`, undefined, payerToken)
  await world.untilState(place, 'Disabled')
}

export async function ownerByOffer(world: World): Promise<void> {
  const as = world.tokenOf('owner')
  const sold = await world.makePlace('PayAsYouGo', 'owned')
  const refused = await world.call('POST', cancelPath(sold), as)
  expect(shortOf(refused)).toBe('403 AuthorizationFailed')
  expect(messageOf(refused)).toContain('the account administrator (object id')
  expect(await world.lifecycleOf(sold)).toMatchObject({ state: 'Enabled' })

  const agreed = await world.makePlace('MicrosoftCustomerAgreement', 'agreed')
  const payer = await world.call('POST', cancelPath(agreed), world.tokenOf('accountAdministrator'))
  expect(shortOf(payer)).toBe('403 AuthorizationFailed')
  expect(messageOf(payer)).toContain('an Owner of the subscription may cancel')
  await world.must('POST', cancelPath(agreed), undefined, as)
  await world.untilState(agreed, 'Disabled')
  const enable = cancelPath(agreed).replace(/cancel$/, 'enable')
  await world.must('POST', enable, undefined, as)
  await world.untilState(agreed, 'Enabled')
}
