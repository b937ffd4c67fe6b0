import { type Operation, refuseRequest } from './operation.ts'

const dateShape = /^\d{4}-\d{2}-\d{2}(-preview)?$/

/** Each type lists its api-versions; another one is refused naming them. */
export function checkApiVersion(
  operation: Operation,
  query: { readonly [name: string]: string },
): string {
  const apiVersion = query['api-version']
  if (apiVersion === undefined || apiVersion === '') refuseRequest('missingApiVersion', {})
  if (!dateShape.test(apiVersion)) refuseRequest('invalidApiVersion', { apiVersion })
  if (!operation.apiVersions.includes(apiVersion)) {
    refuseRequest('unsupportedApiVersion', {
      type: operation.type,
      apiVersion,
      supported: operation.apiVersions,
    })
  }
  return apiVersion
}
