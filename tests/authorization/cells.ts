import type { Answer } from '../../api/client-answer.ts'
import { type Actor, actors, askedAfterTheEnd } from './actors.ts'
import { shapeOf } from './answers.ts'
import { settled } from './calls.ts'
import { type Expected, type Facts, expectedOf, rolesFlaw, wrongWith } from './expectation.ts'
import type { Method, Probe, Row, SubscriptionProbe, TenantProbe } from './row.ts'
import { type Place, type Subject, group, houseAccount } from './place.ts'
import type { World } from './world.ts'

/** What is wrong with the cells of a row, each in a line; empty when the row is as expected. */
export async function wrongCells(world: World, row: Row): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const probe of row.inSubscription ?? []) {
    wrong.push(...(await wrongInSubscription(world, row.method, probe)))
  }
  for (const probe of row.inTenant ?? []) {
    wrong.push(...(await wrongInTenant(world, row.method, probe)))
  }
  for (const probe of [...(row.inSubscription ?? []), ...(row.inTenant ?? [])]) {
    wrong.push(...(await wrongCredentials(world, row.method, probe)))
  }
  return wrong
}

/** Values for the parameters of a path that its probe leaves to us. */
export function fillPath(world: World, probe: Probe, place: Place): string {
  const { fill } = probe
  const values: { readonly [name: string]: string } = {
    subscriptionId: place.subscriptionId,
    ofSubscription: place.subscriptionId,
    resourceGroupName: group,
    resourceName: place.storage,
    resourceProviderNamespace: 'Microsoft.Storage',
    resourceType: 'storageAccounts',
    namespace: 'Microsoft.Storage',
    type: 'storageAccounts',
    childType: 'blobServices',
    childName: 'default',
    grandchildType: 'containers',
    grandchildName: 'inside',
    billingAccountName: houseAccount,
    ...(typeof fill === 'function' ? fill(world) : fill),
  }
  const path = probe.path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`nothing fills :${name} of ${probe.path}`)
    return value
  })
  return probe.query === undefined ? path : `${path}?${probe.query}`
}

export function bodyFor(probe: Probe, place: Place): object | undefined {
  return typeof probe.body === 'function' ? probe.body(place) : probe.body
}

const subjects: readonly Subject[] = ['Enabled', 'Warned', 'Disabled', 'Deleted', 'Unknown']

async function wrongInSubscription(
  world: World,
  method: Method,
  probe: SubscriptionProbe,
): Promise<readonly string[]> {
  const wrong: string[] = []
  const unseen = new Map<Actor, string>()
  const asked = [...subjects].filter(
    (one) => one === 'Unknown' || (probe.states ?? subjects).includes(one),
  )
  // What never was first: everything else that is not seen must look the same.
  for (const subject of asked.toReversed()) {
    const check = { world, method, probe, subject, place: world.places[subject] }
    const isThere = subject !== 'Deleted' && subject !== 'Unknown'
    wrong.push(...(await wrongInPlace(check, isThere ? actors : askedAfterTheEnd, unseen)))
  }
  return wrong
}

export type Check = {
  readonly world: World
  readonly method: Method
  readonly probe: SubscriptionProbe
  readonly subject: Subject
  readonly place: Place
}

/** The cells of one subscription. `unseen`: how a subscription that never was is answered. */
export async function wrongInPlace(
  check: Check,
  who: readonly Actor[],
  unseen: Map<Actor, string>,
): Promise<readonly string[]> {
  const { world, method, probe, subject, place } = check
  const facts = await factsOf(world, subject, place)
  const path = fillPath(world, probe, place)
  const ask = async (actor: Actor): Promise<string | null> => {
    const expected = expectedOf(probe, subject, actor, facts)
    const answer = await world.call(method, path, world.tokenOf(actor), bodyFor(probe, place))
    const flaw =
      wrongWith(expected, answer) ??
      (expected.short === '404 SubscriptionNotFound'
        ? tellsApart(answer, subject, actor, place, unseen)
        : null)
    if (probe.changes === true && answer.status < 300) await putBack(world, place, subject)
    return flaw === null ? null : `${method} ${probe.path}, ${subject}, ${actor}: ${flaw}`
  }
  return (await inTurn(who, probe.changes === true, ask)).filter((one) => one !== null)
}

async function factsOf(world: World, subject: Subject, place: Place): Promise<Facts> {
  const lifecycle = subject === 'Unknown' ? null : await world.lifecycleOf(place)
  if (lifecycle !== null && lifecycle.state !== subject) {
    throw new Error(`the subscription that should be ${subject} is ${lifecycle.state}`)
  }
  return { place, payer: world.principals.accountAdministrator.objectId, lifecycle }
}

/** Whether somebody could tell a subscription that he may not see from one that never was. */
function tellsApart(
  answer: Answer,
  subject: Subject,
  actor: Actor,
  place: Place,
  unseen: Map<Actor, string>,
): string | null {
  const shape = shapeOf(answer, [place.subscriptionId, place.storage])
  if (subject === 'Unknown') unseen.set(actor, shape)
  const wanted = unseen.get(actor)
  if (wanted === shape) return null
  return `can be told from one that never was: ${shape}, not ${wanted}`
}

/** One after the other where a call changes what the next one finds. */
async function inTurn<Result>(
  who: readonly Actor[],
  oneByOne: boolean,
  ask: (actor: Actor) => Promise<Result>,
): Promise<readonly Result[]> {
  if (!oneByOne) return settled(who, ask)
  const results: Result[] = []
  for (const actor of who) results.push(await ask(actor))
  return results
}

async function putBack(world: World, place: Place, subject: Subject): Promise<void> {
  if (subject === 'Enabled') return
  await world.cancel(place)
  await world.untilState(place, subject)
}

async function wrongInTenant(
  world: World,
  method: Method,
  probe: TenantProbe,
): Promise<readonly string[]> {
  const place = world.places.Enabled
  const path = fillPath(world, probe, place)
  const prepared = probe.prepare?.(world)
  const ask = async (actor: Actor): Promise<string | null> => {
    const expected = expectedInTenant(probe, actor)
    if (prepared !== undefined) await world.must('PUT', prepared.path, prepared.body)
    const answer = await world.call(method, path, world.tokenOf(actor), bodyFor(probe, place))
    const flaw = wrongWith(expected, answer)
    return flaw === null ? null : `${method} ${probe.path}, ${actor}: ${flaw}`
  }
  const wrong = await inTurn(actors, prepared !== undefined, ask)
  return wrong.filter((one) => one !== null)
}

function expectedInTenant({ answers, named }: TenantProbe, actor: Actor): Expected {
  const listed = Object.entries(answers)
  const own = listed.find(([, who]) => typeof who !== 'string' && who.includes(actor))
  const short = (own ?? listed.find(([, who]) => typeof who === 'string'))?.[0] ?? 'no answer'
  const flaw = (answer: Answer): string | null =>
    short === '403 AuthorizationFailed' && named !== undefined ? rolesFlaw(answer, named) : null
  return { short, flaw }
}

/** Nobody, and everybody whose token is not good, before anything is looked up. */
async function wrongCredentials(
  world: World,
  method: Method,
  probe: Probe,
): Promise<readonly string[]> {
  const place = world.places.Enabled
  const wrong: string[] = []
  const answers = await settled(Object.entries(badCredentials(world)), async ([name, bad]) => {
    const answer = await world.call(
      method,
      fillPath(world, probe, place),
      bad.as,
      bodyFor(probe, place),
    )
    return { name, answer, short: bad.short }
  })
  for (const { name, answer, short } of answers) {
    const flaw = wrongWith({ short, flaw: challengeFlaw }, answer)
    if (flaw !== null) wrong.push(`${method} ${probe.path}, ${name}: ${flaw}`)
  }
  return wrong
}

function challengeFlaw({ headers }: Answer): string | null {
  return headers['www-authenticate']?.startsWith('Bearer') === true ? null : 'has no challenge'
}

function badCredentials(world: World) {
  const { token, storageToken } = world.principals.tenantOwner
  const [header, payload, signature = ''] = token.split('.')
  const turned = signature.startsWith('A') ? 'B' : 'A'
  const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
  const invalid = '401 InvalidAuthenticationToken'
  return {
    'without a token': { as: 'nobody', short: '401 AuthenticationFailed' },
    'a disabled principal': { as: { token: world.disabledToken }, short: invalid },
    'another audience': {
      as: { token: storageToken },
      short: '401 InvalidAuthenticationTokenAudience',
    },
    'a changed signature': {
      as: { token: `${header}.${payload}.${turned}${signature.slice(1)}` },
      short: invalid,
    },
    'no signature': { as: { token: `${unsigned}.${payload}.` }, short: invalid },
  } as const
}
