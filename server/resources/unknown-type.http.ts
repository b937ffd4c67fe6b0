import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { resourcePath } from './resource-request.ts'
import { type ResourceType, namespaceOf } from './resource-type.ts'

const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const

/** A resource of a type that is not in the table: says which types are. */
export function refuseUnknownTypes(dependencies: {
  readonly types: readonly ResourceType[]
  readonly allApiVersions: readonly string[]
  /** All that the server does: read per request, as these refusals are part of it. */
  readonly operations: () => readonly Operation[]
}): readonly Operation[] {
  const known = dependencies.types.map((one) => one.type)
  return methods.map((method) =>
    operation({
      name: `UnknownType_${method}`,
      method,
      paths: [`${resourcePath}/:namespace/:type/:resourceName`],
      type: 'Microsoft.Resources/resources',
      apiVersions: dependencies.allApiVersions,
      // Nothing is there, so nobody needs a right; the subscription must be visible all the same.
      action: null,
      whenSuspended: { allow: 'There is nothing to read or to change.' },
      handle: async ({ params }) => {
        const { namespace = '', type = '' } = params
        const served = namespacesOf(dependencies.operations())
        const isKnown = served.some((one) => one.toLowerCase() === namespace.toLowerCase())
        if (!isKnown) refuseRequest('namespaceUnknown', { namespace, known: served })
        refuseRequest('resourceTypeUnknown', { type: `${namespace}/${type}`, known })
      },
    }),
  )
}

function namespacesOf(operations: readonly Operation[]): readonly string[] {
  return [...new Set(operations.map(({ type }) => namespaceOf(type)))].sort()
}
