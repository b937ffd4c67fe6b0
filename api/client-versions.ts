/** The api-version that the client asks each namespace for. */
const versions: { readonly [namespace: string]: string } = {
  'reprieve.lifecycle': '2026-11-01',
  'microsoft.subscription': '2021-10-01',
  'microsoft.billing': '2024-04-01',
  'microsoft.consumption': '2021-10-01',
  'microsoft.storage': '2023-05-01',
  'microsoft.authorization': '2022-04-01',
}

const resourceManagerVersion = '2021-04-01'

/** The last namespace of a path decides, as it decides who answers. */
export function apiVersionOf(path: string): string {
  const namespaces = [...path.matchAll(/\/providers\/([^/?]+)/gi)]
  const last = namespaces.at(-1)?.[1]?.toLowerCase() ?? ''
  return versions[last] ?? resourceManagerVersion
}
