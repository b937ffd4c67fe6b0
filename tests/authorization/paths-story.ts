import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import type { Actor } from './actors.ts'
import { settled } from './calls.ts'
import { group, siblingGroup } from './place.ts'
import type { World } from './world.ts'

type Raw = { readonly status: number; readonly body: string }

/** A request whose path goes out letter by letter: no client tidies it. */
async function ask(world: World, method: string, path: string, actor: Actor | null): Promise<Raw> {
  const { hostname, port } = new URL(world.server.httpEndpoint)
  const token = actor === null ? null : world.principals[actor].token
  const headers = {
    'content-type': 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  }
  return new Promise((resolve, reject) => {
    const asked = request({ host: hostname, port, method, path, headers }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
    })
    asked.on('error', reject)
    asked.end(method === 'PUT' ? '{"location":"local"}' : undefined)
  })
}

/** Ways to write one path that a router, a check and a handler might each read differently. */
function disguises(path: string): readonly string[] {
  const [root = '', ...rest] = path.slice(1).split('/')
  const encoded = (text: string): string =>
    Buffer.from(text).toString('hex').replaceAll(/../g, '%$&')
  return [
    `/${path}`,
    `///${path}`,
    `${path}/`,
    `${path}//`,
    path.toUpperCase(),
    `/${encoded(root)}/${rest.join('/')}`,
    `/${root}/${rest.map(encoded).join('/')}`,
    `/${root}//${rest.join('/')}`,
    `/./${root}/${rest.join('/')}`,
    `/x/../${root}/${rest.join('/')}`,
    `/${root}/${rest.join('%2F')}`,
    `/${root}/${rest.join('%5C')}`,
    `${path};a=b`,
    `${path}%00`,
    `${path}%20`,
    `${path}.`,
    `${path}%3Fapi-version=2021-04-01`,
    `${path}#`,
  ]
}

const version = '?api-version=2021-04-01'

export async function noDisguiseHelps(world: World): Promise<void> {
  const { Enabled, Disabled, Deleted } = world.places
  const at = (id: string, name: string): string => `/subscriptions/${id}/resourceGroups/${name}`
  const refused: readonly (readonly [Actor | null, string, string])[] = [
    [null, 'GET', at(Enabled.subscriptionId, group)],
    ['nobody', 'GET', at(Enabled.subscriptionId, group)],
    ['stranger', 'GET', at(Enabled.subscriptionId, group)],
    ['reader', 'PUT', at(Enabled.subscriptionId, group)],
    ['groupOwner', 'GET', at(Enabled.subscriptionId, siblingGroup)],
    ['groupOwner', 'PUT', at(Enabled.subscriptionId, siblingGroup)],
    ['owner', 'PUT', at(Disabled.subscriptionId, group)],
    ['tenantOwner', 'DELETE', at(Disabled.subscriptionId, group)],
    ['tenantOwner', 'GET', at(Deleted.subscriptionId, group)],
    ['contributor', 'POST', `/subscriptions/${Enabled.subscriptionId}${cancel}`],
    ['owner', 'POST', `/subscriptions/${Enabled.subscriptionId}${cancel}`],
  ]
  const tried = refused.flatMap(([actor, method, path]) =>
    [path, ...disguises(path)].map((written) => ({ actor, method, written })),
  )
  const wrong = await settled(tried, async ({ actor, method, written }) => {
    const { status, body } = await ask(world, method, `${written}${version}`, actor)
    if (status >= 400 && status < 500) return []
    return [`${method} ${written} as ${actor}: ${status} ${body}`]
  })
  expect(wrong.flat()).toEqual([])
  expect(await world.lifecycleOf(Enabled)).toMatchObject({ state: 'Enabled' })
}

export async function namesDoNotClimb(world: World): Promise<void> {
  const { Enabled } = world.places
  const base = `/subscriptions/${Enabled.subscriptionId}/resourceGroups`
  const storage = 'providers/Microsoft.Storage/storageAccounts'
  const names = [
    `${group}%2F..%2F${siblingGroup}`,
    `${group}/../${siblingGroup}`,
    `${group}%2f${siblingGroup}`,
    `${group}%2F%2E%2E%2F${siblingGroup}`,
    `${siblingGroup}%2F..%2F${group}`,
    `${siblingGroup}/../${group}/../${siblingGroup}`,
    `${group}%252F..%252F${siblingGroup}`,
    `${group}%00${siblingGroup}`,
    `${group}%20`,
    `%20${group}`,
    `${group}.`,
  ]
  const tried = names.flatMap((name) => [
    { method: 'GET', path: `${base}/${name}` },
    { method: 'PUT', path: `${base}/${name}` },
    { method: 'DELETE', path: `${base}/${name}` },
    { method: 'GET', path: `${base}/${name}/resources` },
    { method: 'GET', path: `${base}/${name}/${storage}/any` },
    { method: 'GET', path: `${base}/${group}/${storage}/any%2F..%2F..%2F${siblingGroup}` },
  ])
  const wrong = await settled(tried, async ({ method, path }) => {
    const apiVersion = path.includes(storage) ? '?api-version=2023-05-01' : version
    const { status, body } = await ask(world, method, `${path}${apiVersion}`, 'groupOwner')
    if (status >= 400 && status < 500) return []
    return [`${method} ${path}: ${status} ${body}`]
  })
  expect(wrong.flat()).toEqual([])
  const left = await world.must('GET', base)
  const { value } = left.body as { value: { name: string }[] }
  const ours = value.map(({ name }) => name).filter((name) => name.includes(group))
  expect(ours.toSorted()).toEqual([group, siblingGroup])
}

export async function everyWayToWriteWorks(world: World): Promise<void> {
  const { subscriptionId } = world.places.Enabled
  const path = `/subscriptions/${subscriptionId}/resourceGroups/${group}`
  const [digit = ''] = subscriptionId
  const encoded = `%${digit.charCodeAt(0).toString(16)}${subscriptionId.slice(1)}`
  for (const written of [
    `/${path}`,
    `${path}/`,
    path.toUpperCase(),
    path.replace(group, `%6d${group.slice(1)}`),
    path.replace(subscriptionId, encoded),
  ]) {
    for (const actor of ['reader', 'groupOwner'] as const) {
      const { status } = await ask(world, 'GET', `${written}${version}`, actor)
      expect(status, `${written} as ${actor}`).toBe(200)
    }
  }
  const whole = `/subscriptions/${encoded}${version}`
  expect((await ask(world, 'GET', whole, 'reader')).status).toBe(200)
}

const cancel = '/providers/Microsoft.Subscription/cancel'
