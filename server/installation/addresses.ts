import { hostname } from 'node:os'
import type { Settings } from './settings.ts'

/** Where this node is reached: known once it listens. Origins without a slash behind. */
export type Addresses = {
  readonly publicUrl: string
  readonly publicBlobUrl: string
  readonly httpUrl: string
  /** As other nodes reach it. */
  readonly controlUrl: string
  readonly blobUrl: string
}

export type Ports = { readonly http: number; readonly https: number; readonly blob: number }

export function addressesOf(settings: Settings, ports: Ports): Addresses {
  const node = nodeName(settings.host)
  const publicUrl = trimmed(settings.publicUrl) ?? `https://localhost:${ports.https}`
  const blobHost = new URL(publicUrl).hostname
  return {
    publicUrl,
    publicBlobUrl: trimmed(settings.publicBlobUrl) ?? `https://${blobHost}:${ports.blob}`,
    httpUrl: `http://localhost:${ports.http}`,
    controlUrl: `https://${node}:${ports.https}`,
    blobUrl: `https://${node}:${ports.blob}`,
  }
}

/** The names that requests may be addressed to, and that the certificate is made for. */
export function hostNames(settings: Settings): readonly string[] {
  const names = ['localhost', '127.0.0.1', '::1', hostname(), nodeName(settings.host)]
  for (const url of [settings.publicUrl, settings.publicBlobUrl]) {
    if (url !== null) names.push(new URL(url).hostname)
  }
  return [...new Set(names.map((name) => name.toLowerCase().replace(/^\[|\]$/g, '')))]
}

/** An address that means "all of mine" is no name for others. */
function nodeName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname()
  return host.includes(':') ? `[${host}]` : host
}

function trimmed(url: string | null): string | null {
  return url === null ? null : url.replace(/\/+$/, '')
}
