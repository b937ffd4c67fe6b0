import type { Location } from '../locations/location.ts'
import type { Operation } from '../pipeline/operation.ts'
import { type ResourceType, namespaceOf } from '../resources/resource-type.ts'

/** A namespace of the API and what is really served of it. */
export type Provider = {
  readonly namespace: string
  /** Whether its resources can be made only while the subscription is registered for it. */
  readonly registrationRequired: boolean
  readonly types: readonly { readonly type: string; readonly apiVersions: readonly string[] }[]
}

/** Read from the operations themselves: what is not served is not published. */
export function providersOf(
  operations: readonly Operation[],
  resourceTypes: readonly ResourceType[],
): readonly Provider[] {
  const namespaces = new Map<string, Map<string, Set<string>>>()
  for (const { type, apiVersions } of operations) {
    const types = namespaces.get(namespaceOf(type)) ?? new Map<string, Set<string>>()
    const name = type.slice(namespaceOf(type).length + 1)
    types.set(name, new Set([...(types.get(name) ?? []), ...apiVersions]))
    namespaces.set(namespaceOf(type), types)
  }
  const required = new Set(resourceTypes.map(({ type }) => namespaceOf(type)))
  return [...namespaces]
    .map(([namespace, types]) => ({
      namespace,
      registrationRequired: required.has(namespace),
      types: [...types]
        .map(([type, versions]) => ({ type, apiVersions: newestFirst(versions) }))
        .sort((a, b) => (a.type < b.type ? -1 : 1)),
    }))
    .sort((a, b) => (a.namespace < b.namespace ? -1 : 1))
}

/** Clients take the first: the newest that is no preview. */
function newestFirst(versions: ReadonlySet<string>): readonly string[] {
  const preview = (version: string): number => (version.endsWith('-preview') ? 1 : 0)
  return [...versions].sort((a, b) => preview(a) - preview(b) || (a < b ? 1 : -1))
}

export type RegistrationState = 'Registered' | 'NotRegistered'

/** As ARM shows it; without a subscription there is neither an id nor a state. */
export function showProvider(
  provider: Provider,
  locations: readonly Location[],
  of: { readonly subscriptionId: string; readonly state: RegistrationState } | null,
): object {
  const { namespace, registrationRequired, types } = provider
  return {
    ...(of === null ? {} : { id: `/subscriptions/${of.subscriptionId}/providers/${namespace}` }),
    namespace,
    resourceTypes: types.map(({ type, apiVersions }) => ({
      resourceType: type,
      locations: registrationRequired ? locations.map((one) => one.displayName) : [],
      apiVersions,
      defaultApiVersion: apiVersions[0],
      capabilities: registrationRequired ? 'SupportsTags, SupportsLocation' : 'None',
    })),
    ...(of === null ? {} : { registrationState: of.state }),
    registrationPolicy: registrationRequired ? 'RegistrationRequired' : 'RegistrationFree',
  }
}

/** What a namespace can be asked to do, as roles name it. */
export function showActions(
  operations: readonly Operation[],
  namespace: string,
): readonly object[] {
  const actions = new Map<string, object>()
  for (const { type, ...asked } of operations) {
    const action = asked.action ?? asked.asks ?? null
    if (action === null || namespaceOf(action).toLowerCase() !== namespace.toLowerCase()) continue
    const parts = action.split('/')
    const verb = parts.at(-1) === 'action' ? parts.at(-2) : parts.at(-1)
    const display = {
      provider: namespaceOf(action),
      resource: type.slice(namespaceOf(type).length + 1),
      operation: verb ?? '',
      description: action,
    }
    actions.set(action.toLowerCase(), { name: action, isDataAction: false, display })
  }
  return [...actions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shown]) => shown)
}
