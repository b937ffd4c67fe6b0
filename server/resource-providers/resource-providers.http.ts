import { Type } from 'typebox'
import type { Location } from '../locations/location.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { resourceApiVersions } from '../resource-groups/api-versions.ts'
import { holdsNamespace } from '../resources/list.store.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { type ChangeDependencies, changeSubscription } from '../subscriptions/change.ts'
import {
  type Provider,
  type RegistrationState,
  providersOf,
  showActions,
  showProvider,
} from './provider.ts'
import { isRegistered, setRegistration, unregisteredNamespaces } from './store.ts'

export type ResourceProvidersDependencies = ChangeDependencies & {
  readonly types: readonly ResourceType[]
  readonly locations: readonly Location[]
  /** All that is served, these included; asked when the first request comes. */
  readonly operations: () => readonly Operation[]
}

const type = 'Microsoft.Resources/providers'
const reading = { allow: 'Reading changes nothing.' } as const
const registering = {
  allow: 'A registration makes nothing; without it, what comes back could not be managed.',
} as const

/** Namespaces, their types and api-versions, and whether a subscription is registered for them. */
export function resourceProvidersOperations(
  dependencies: ResourceProvidersDependencies,
): readonly Operation[] {
  return [
    ...subscriptionReads(dependencies),
    ...tenantReads(dependencies),
    registration(dependencies, 'Registered'),
    registration(dependencies, 'NotRegistered'),
  ]
}

function subscriptionReads(dependencies: ResourceProvidersDependencies): readonly Operation[] {
  const { database, locations } = dependencies
  const shared = {
    method: 'GET',
    type,
    apiVersions: resourceApiVersions,
    action: 'Microsoft.Resources/subscriptions/providers/read',
    whenSuspended: reading,
  } as const
  return [
    operation({
      ...shared,
      name: 'Providers_List',
      paths: ['/subscriptions/:subscriptionId/providers'],
      handle: async (request) => {
        const subscriptionId = subscriptionIdOf(request)
        const gone = await unregisteredNamespaces(database.db, subscriptionId)
        const value = allOf(dependencies).map((provider) => {
          const isGone = gone.has(provider.namespace.toLowerCase())
          const state = isGone ? 'NotRegistered' : 'Registered'
          return showProvider(provider, locations, { subscriptionId, state })
        })
        return { status: 200, body: { value } }
      },
    }),
    operation({
      ...shared,
      name: 'Providers_Get',
      paths: ['/subscriptions/:subscriptionId/providers/:namespace'],
      handle: async (request) => {
        const provider = findProvider(dependencies, request)
        const subscriptionId = subscriptionIdOf(request)
        const registered = await isRegistered(database.db, subscriptionId, provider.namespace)
        const state = registered ? 'Registered' : 'NotRegistered'
        return { status: 200, body: showProvider(provider, locations, { subscriptionId, state }) }
      },
    }),
  ]
}

function tenantReads(dependencies: ResourceProvidersDependencies): readonly Operation[] {
  const { locations } = dependencies
  const shared = {
    method: 'GET',
    type,
    apiVersions: resourceApiVersions,
    action: null,
    whenSuspended: 'not of a subscription',
  } as const
  return [
    operation({
      ...shared,
      name: 'Providers_ListAtTenantScope',
      paths: ['/providers'],
      handle: async () => {
        const all = allOf(dependencies)
        const value = all.map((provider) => showProvider(provider, locations, null))
        return { status: 200, body: { value } }
      },
    }),
    operation({
      ...shared,
      name: 'Providers_GetAtTenantScope',
      paths: ['/providers/:namespace'],
      handle: async (request) => {
        const provider = findProvider(dependencies, request)
        return { status: 200, body: showProvider(provider, locations, null) }
      },
    }),
    operation({
      ...shared,
      name: 'Operations_List',
      paths: ['/providers/:namespace/operations'],
      apiVersions: versionsOf(dependencies),
      handle: async (request) => {
        const { namespace } = findProvider(dependencies, request)
        return { status: 200, body: { value: showActions(dependencies.operations(), namespace) } }
      },
    }),
  ]
}

/** Each namespace is asked with one of its own versions: storage's are not those of resources. */
function versionsOf({ types }: ResourceProvidersDependencies): readonly string[] {
  return [...new Set([...resourceApiVersions, ...types.flatMap((one) => one.apiVersions)])]
}

/** An empty body or a consent; nothing of it is kept. */
const registrationBody = Type.Object({
  thirdPartyProviderConsent: Type.Optional(
    Type.Object({ consentToAuthorization: Type.Optional(Type.Boolean()) }),
  ),
})

function registration(
  dependencies: ResourceProvidersDependencies,
  state: RegistrationState,
): Operation {
  const verb = state === 'Registered' ? 'register' : 'unregister'
  return operation({
    name: state === 'Registered' ? 'Providers_Register' : 'Providers_Unregister',
    method: 'POST',
    paths: [`/subscriptions/:subscriptionId/providers/:namespace/${verb}`],
    type,
    apiVersions: resourceApiVersions,
    action: `Microsoft.Resources/subscriptions/providers/${verb}/action`,
    whenSuspended: registering,
    body: registrationBody,
    bodyOptional: true,
    handle: (request) => register(dependencies, request, state),
  })
}

async function register(
  dependencies: ResourceProvidersDependencies,
  request: OperationRequest,
  wanted: RegistrationState,
): Promise<OperationResponse> {
  const { caller, realNow } = request
  const provider = findProvider(dependencies, request)
  const { namespace } = provider
  const subscriptionId = subscriptionIdOf(request)
  // A namespace that needs no registration cannot lose it either, as in Azure.
  const state = provider.registrationRequired ? wanted : 'Registered'
  const { tenantId, principalId: actor } = caller
  const asked = { tenantId, subscriptionId, actor, realNow, whenSuspended: registering }
  await changeSubscription(dependencies, asked, async ({ tx, record }) => {
    const before = (await isRegistered(tx, subscriptionId, namespace))
      ? 'Registered'
      : 'NotRegistered'
    if (before === state) return
    if (state === 'NotRegistered') {
      const inUse = await holdsNamespace(tx, subscriptionId, namespace.toLowerCase())
      if (inUse) refuseRequest('operationConflict', { what: `resources of ${namespace}` })
    }
    await setRegistration(tx, { tenantId, subscriptionId, namespace, state })
    const type = state === 'Registered' ? 'ProviderRegistered' : 'ProviderUnregistered'
    await record(type, { namespace })
  })
  const { locations } = dependencies
  return { status: 200, body: showProvider(provider, locations, { subscriptionId, state }) }
}

function allOf({ operations, types }: ResourceProvidersDependencies): readonly Provider[] {
  return providersOf(operations(), types)
}

function findProvider(
  dependencies: ResourceProvidersDependencies,
  { params }: OperationRequest,
): Provider {
  const namespace = params['namespace'] ?? ''
  const all = allOf(dependencies)
  const found = all.find((one) => one.namespace.toLowerCase() === namespace.toLowerCase())
  if (found !== undefined) return found
  refuseRequest('namespaceUnknown', { namespace, known: all.map((one) => one.namespace) })
}

function subscriptionIdOf({ params }: OperationRequest): string {
  return (params['subscriptionId'] ?? '').toLowerCase()
}
