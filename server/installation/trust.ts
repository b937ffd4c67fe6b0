import type { Addresses } from './addresses.ts'

/** What the start prints: where it is, where its files are, and how clients come to trust it. */
export function startText(start: {
  readonly addresses: Addresses
  readonly dataFolder: string
  readonly engine: string
  readonly testClocks: boolean
  readonly firstSignIn: string | null
}): string {
  const { addresses, dataFolder } = start
  const ca = `${dataFolder}/ca.pem`
  const url = addresses.publicUrl
  const az =
    `export REQUESTS_CA_BUNDLE=${ca} AZURE_CORE_INSTANCE_DISCOVERY=false; ` +
    `az cloud register -n Reprieve --endpoint-resource-manager ${url}; az cloud set -n Reprieve`
  const sdk =
    `export NODE_EXTRA_CA_CERTS=${ca}, then { endpoint: '${url}' } and, for the credential, ` +
    `{ authorityHost: '${url}', disableInstanceDiscovery: true }`
  return `
Reprieve is ready.

  API and tools   ${url}
  Browser         ${addresses.httpUrl}
  Blobs           ${addresses.publicBlobUrl}
  Data folder     ${dataFolder} (database: ${start.engine})
  Test clocks     ${start.testClocks ? 'on' : 'off (turn on with --test-clocks)'}
  Private CA      ${ca}
  Sign in with    ${start.firstSignIn ?? 'what the first node of this database wrote'}

To make clients trust it:
  az              ${az}
  JavaScript SDK  ${sdk}
  Browser         import ${ca} as an authority, or use ${addresses.httpUrl} on this machine

Next: npx reprieve demo
`
}
