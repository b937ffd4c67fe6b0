import type { Answer } from '../../api/client-answer.ts'
import { createTokenSource } from '../../api/client-token.ts'
import { createTransport } from '../../api/client-transport.ts'
import type { As } from '../../testing/client.ts'
import type { TestServer } from '../../testing/index.ts'
import type { Actor } from './actors.ts'
import { uuid } from './calls.ts'

/** What a new secret is shown as, once. */
export type Signed = {
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly objectId: string
}

export type Principal = Signed & {
  /** For the API, and for the data in storage accounts. */
  readonly token: string
  readonly storageToken: string
}

export type Permission = {
  readonly actions?: readonly string[]
  readonly notActions?: readonly string[]
  readonly dataActions?: readonly string[]
}

export type Api = {
  readonly call: (method: string, path: string, as: As, body?: unknown) => Promise<Answer>
  /** As the administrator of the tenant, unless told; throws unless it succeeded. */
  readonly must: (method: string, path: string, body?: unknown, as?: As) => Promise<Answer>
  readonly signIn: (name: Actor | null, credential: Signed) => Promise<Principal>
  readonly makePrincipal: (name: string) => Promise<Principal>
  readonly defineRole: (
    name: string,
    permission: Permission,
    scopes: readonly string[],
  ) => Promise<string>
  /** The id of the assignment. */
  readonly assign: (scope: string, roleId: string, principalId: string) => Promise<string>
  readonly tokenOf: (actor: Actor) => As
  readonly lifecycleOf: (place: { readonly subscriptionId: string }) => Promise<Lifecycle>
  readonly untilState: (place: { readonly subscriptionId: string }, state: string) => Promise<void>
}

export type Lifecycle = {
  readonly state: string
  readonly suspensions: readonly { readonly reason: string; readonly effectiveAt: string }[]
  readonly purgeAt: string | null
  readonly effects: { readonly stuck: readonly { readonly cause: string }[] }
}

/** What the table needs of the public API, and nothing that another client could not do. */
export function apiOf(server: TestServer): Api {
  const tokens = new Map<Actor, string>()
  const call: Api['call'] = (method, path, as, body) =>
    server.client.request(method, path, { as, ...(body === undefined ? {} : { body }) })
  const must: Api['must'] = async (method, path, body, as = server.credential) => {
    const first = await call(method, path, as, body)
    const answer = await server.client.follow(first, as)
    if (answer.status < 300) return answer
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  const signIn: Api['signIn'] = async (name, credential) => {
    const principal = { ...credential, ...(await tokensOf(server, credential)) }
    if (name !== null) tokens.set(name, principal.token)
    return principal
  }
  const lifecycleOf: Api['lifecycleOf'] = async ({ subscriptionId }) => {
    const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/lifecycles/default`
    return ((await must('GET', path)).body as { properties: Lifecycle }).properties
  }
  return {
    call,
    must,
    signIn,
    lifecycleOf,
    makePrincipal: async (name) => {
      const path = `/providers/Reprieve.Lifecycle/servicePrincipals/${name}`
      await must('PUT', path, { properties: {} })
      const { body } = await must('POST', `${path}/addSecret`)
      const actor = name.startsWith('actor-') ? (name.slice('actor-'.length) as Actor) : null
      return signIn(actor, { ...(body as Signed), tenantId: server.credential.tenantId })
    },
    defineRole: async (roleName, permission, assignableScopes) => {
      const id = uuid()
      const path = `/providers/Microsoft.Authorization/roleDefinitions/${id}`
      const properties = { roleName, permissions: [permission], assignableScopes }
      await must('PUT', path, { properties })
      return id
    },
    assign: async (scope, roleId, principalId) => {
      const id = uuid()
      await must('PUT', assignmentPath(scope, id), assignment(roleId, principalId))
      return id
    },
    tokenOf: (actor) => ({ token: tokens.get(actor) ?? '' }),
    // Asking is the waiting: every answer takes a moment, in which the work goes on.
    untilState: async (place, state) => {
      for (let asked = 0; (await lifecycleOf(place)).state !== state; asked++) {
        if (asked > 3_000) throw new Error(`${place.subscriptionId} did not become ${state}`)
      }
    },
  }
}

export function assignmentPath(scope: string, id: string): string {
  const prefix = scope === '/' ? '' : scope
  return `${prefix}/providers/Microsoft.Authorization/roleAssignments/${id}`
}

export function assignment(roleId: string, principalId: string): object {
  const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
  return { properties: { roleDefinitionId, principalId } }
}

async function tokensOf(server: TestServer, credential: Signed) {
  const transport = createTransport({ ca: server.ca })
  try {
    const options = { transport, now: () => Date.now() }
    const source = createTokenSource({ ...credential, origin: server.endpoint }, options)
    const { token } = await source.get('management')
    return { token, storageToken: (await source.get('storage')).token }
  } finally {
    await transport.close()
  }
}
