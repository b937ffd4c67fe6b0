import type { Addresses } from './addresses.ts'
import { isLoopback } from './settings.ts'

/** What the start prints: where it is, where its files are, and how clients come to trust it. */
export function startText(start: {
  readonly addresses: Addresses
  /** The address that it listens on. */
  readonly host: string
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

${elsewhere(start.host, url)}To make clients trust it:
  az              ${az}
  JavaScript SDK  ${sdk}
  Browser         import ${ca} as an authority, or use ${addresses.httpUrl} on this machine

Next: npx reprieve ${start.testClocks ? 'demo' : 'subscription list'}
`
}

/** A server that others can reach, while its links lead everybody to his own machine. */
function elsewhere(host: string, publicUrl: string): string {
  const { hostname, port } = new URL(publicUrl)
  if (isLoopback(host) || !isLoopback(hostname)) return ''
  return (
    `It listens on ${host}, but its links lead to ${hostname}, so clients work on this machine ` +
    'only.\nFor others, start it with the name by which they reach it: ' +
    `--public-url https://<name>:${port || 443}\n\n`
  )
}
