import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataByEveryCredential } from './data-plane-story.ts'
import {
  accessManagerDoesNotCancel,
  aliasIsGivenByWriters,
  contributorGivesNothing,
  lastAdministratorStays,
  makerForAnotherGetsNoRight,
  ownerDoesNotEnableATrial,
  ownerStaysInHisSubscription,
} from './escalation-story.ts'
import { contributorIsRefusedAtCancel, ownerByOffer, wrongUnderOffer } from './offers-story.ts'
import { everyWayToWriteWorks, namesDoNotClimb, noDisguiseHelps } from './paths-story.ts'
import {
  drainingSaysWhy,
  groupRoleReachesItsGroup,
  listsShowWhatIsSeen,
  noAssignmentOutlivesAPurge,
  resourceRoleReachesOne,
  rightGoesWithItsThing,
} from './scopes-story.ts'
import { cannotTellApart, cannotUseForeignThings, sameNamesNeverMeet } from './strangers-story.ts'
import { admitted } from './expectation.ts'
import type { Offer } from './place.ts'
import { type World, openWorld } from './world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})

afterAll(async () => {
  await world.close()
})

const stories: readonly (readonly [string, (world: World) => Promise<void>])[] = [
  [
    'another tenant cannot tell what there is from what never was, on any operation',
    cannotTellApart,
  ],
  [
    'what another tenant has cannot be used from one: principals, roles, accounts, clocks',
    cannotUseForeignThings,
  ],
  ['two tenants use the same names and ids, and neither meets the other', sameNamesNeverMeet],
  [
    "a Contributor's story goes as an Owner's, but for its end: 403, and it says who may",
    contributorIsRefusedAtCancel,
  ],
  ['an Owner is refused on PayAsYouGo, and cancels under a customer agreement', ownerByOffer],
  ['an Owner does not get above his subscription', ownerStaysInHisSubscription],
  [
    'an Owner does not bring a free trial back by a role of his own making',
    ownerDoesNotEnableATrial,
  ],
  ['a Contributor gives nobody anything, and makes no secret for anybody', contributorGivesNothing],
  [
    'who manages access gives himself Owner, and still does not cancel against the offer',
    accessManagerDoesNotCancel,
  ],
  ['the last administrator of a tenant stays, and so does his last secret', lastAdministratorStays],
  [
    'a name for a subscription is given by who may change it, and tells nobody else of it',
    aliasIsGivenByWriters,
  ],
  [
    'who makes a subscription for another gets its id and no right to it, as often as he asks',
    makerForAnotherGetsNoRight,
  ],
  [
    'a role on a group reaches all of it, in any case, and nothing beside it',
    groupRoleReachesItsGroup,
  ],
  ['a role on a resource reaches no other whose name begins alike', resourceRoleReachesOne],
  ['a right goes with what it was given on, and with whoever takes it away', rightGoesWithItsThing],
  [
    'no assignment outlives a purged subscription, and none of another goes with it',
    noAssignmentOutlivesAPurge,
  ],
  ['lists show what their reader may see, and leave out the rest', listsShowWhatIsSeen],
  ['what drains says why to who may see it, and not where on the host it lies', drainingSaysWhy],
  ['no way to write a path gets anybody further than the path itself', noDisguiseHelps],
  ['a role on a group does not climb out of it through its name', namesDoNotClimb],
  ['whoever may, may in every way that clients write a path', everyWayToWriteWorks],
  [
    'who reads and writes data by key, SAS and token: in use, disabled, back, and purged',
    dataByEveryCredential,
  ],
]

for (const [title, story] of stories) {
  test(`the story: ${title}`, async () => {
    expect.hasAssertions()
    await story(world)
  })
}

for (const offer of Object.keys(admitted) as Offer[]) {
  test(`whom the offer ${offer} admits, in use and disabled`, async () => {
    expect(await wrongUnderOffer(world, offer)).toEqual([])
  })
}
