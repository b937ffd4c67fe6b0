import { isIP } from 'node:net'

/** One name that a certificate can be issued for, in its canonical spelling. */
export type CertificateHost = {
  readonly type: 'dns' | 'ip'
  readonly value: string
}

const dnsShape =
  /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * The hosts in canonical spelling, each once, sorted: `[::1]`, `0:0:0:0:0:0:0:1` and `::1` are one
 * address, and a DNS name is the same in any case. Sorting makes two lists comparable.
 * Throws a RangeError that names the first text that is neither a DNS name nor an IP address.
 */
export function canonicalHosts(hosts: readonly string[]): CertificateHost[] {
  const byKey = new Map<string, CertificateHost>()
  for (const text of hosts) {
    const host = canonicalHost(text)
    byKey.set(`${host.type}:${host.value}`, host)
  }
  return [...byKey.keys()].sort().flatMap((key) => byKey.get(key) ?? [])
}

function canonicalHost(text: string): CertificateHost {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  const family = isIP(bare)
  if (family === 4) return { type: 'ip', value: bare }
  if (family === 6) return { type: 'ip', value: canonicalAddress(bare, text) }

  const name = text.toLowerCase()
  if (name.length > 253 || !dnsShape.test(name)) throw notAHost(text)
  return { type: 'dns', value: name }
}

/**
 * The URL parser shortens an IPv6 address as RFC 5952 asks. A zone (`%eth0`) has no place in a
 * certificate.
 */
function canonicalAddress(address: string, text: string): string {
  const url = URL.parse(`http://[${address}]/`)
  if (url === null) throw notAHost(text)
  return url.hostname.slice(1, -1)
}

function notAHost(text: string): RangeError {
  return new RangeError(
    `"${text}" is neither a DNS name nor an IP address: give the host alone, without ` +
      'scheme, port or path',
  )
}
