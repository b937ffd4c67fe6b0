import { execFile } from 'node:child_process'
import { randomBytes, randomUUID, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { requires } from '../../tests/requirements.ts'
import { addDays, dayMs, instant } from '../kernel/instant.ts'
import {
  type CertificateAndKey,
  createCertificateAuthority,
  isIssuedBy,
  issueServerCertificate,
  needsRenewal,
} from './certificates.ts'

const run = promisify(execFile)
const random = { uuid: randomUUID, bytes: (length: number) => randomBytes(length) }
const hosts = ['localhost', '127.0.0.1', '::1', 'Control-Plane.Example']
const now = instant(Date.now())

let authority: CertificateAndKey
let server: CertificateAndKey

beforeAll(async () => {
  authority = await createCertificateAuthority({ commonName: 'Reprieve', now, random })
  server = await issueServerCertificate({ authority, hosts, now, random })
})

/** The body of a GET over https that trusts `ca` alone. */
function fetchText(url: string, ca: string, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca, servername, agent: false }, (answer) => {
      answer.setEncoding('utf8')
      let text = ''
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve(text))
    }).on('error', reject)
  })
}

async function serve(pair: CertificateAndKey, use: (port: number) => Promise<void>): Promise<void> {
  const listener = createServer(
    { cert: pair.certificatePem, key: pair.privateKeyPem },
    (_, answer) => {
      answer.end('served')
    },
  )
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  try {
    await use((listener.address() as AddressInfo).port)
  } finally {
    await new Promise((resolve) => listener.close(resolve))
  }
}

describe('a server with an issued certificate', () => {
  test('is trusted, by name and by address, by a client that knows the authority', async () => {
    await serve(server, async (port) => {
      const address = `https://127.0.0.1:${port}/`
      const ca = authority.certificatePem
      expect(await fetchText(address, ca, 'localhost')).toBe('served')
      expect(await fetchText(address, ca, 'control-plane.example')).toBe('served')
      expect(await fetchText(address, ca, '')).toBe('served')
    })
  })

  test('is refused under a name that it was not issued for', async () => {
    await serve(server, async (port) => {
      const asked = fetchText(
        `https://127.0.0.1:${port}/`,
        authority.certificatePem,
        'other.example',
      )
      await expect(asked).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    })
  })

  test('is refused by a client that trusts another authority of the same name', async () => {
    const other = await createCertificateAuthority({ commonName: 'Reprieve', now, random })
    await serve(server, async (port) => {
      const asked = fetchText(`https://127.0.0.1:${port}/`, other.certificatePem, 'localhost')
      await expect(asked).rejects.toMatchObject({
        code: expect.stringMatching(/VERIFY|SIGNATURE|ISSUER/),
      })
    })
  })
})

test(
  'OpenSSL accepts the chain as a TLS server under its strict rules',
  requires('openssl'),
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reprieve-tls-'))
    try {
      const authorityFile = join(folder, 'ca.pem')
      const serverFile = join(folder, 'server.pem')
      await writeFile(authorityFile, authority.certificatePem)
      await writeFile(serverFile, server.certificatePem)
      const verify = (host: string[]) =>
        run('openssl', [
          'verify',
          '-x509_strict',
          '-purpose',
          'sslserver',
          '-CAfile',
          authorityFile,
          ...host,
          serverFile,
        ])

      expect((await verify(['-verify_hostname', 'localhost'])).stdout).toContain('OK')
      expect((await verify(['-verify_ip', '::1'])).stdout).toContain('OK')
      expect((await verify(['-verify_ip', '127.0.0.1'])).stdout).toContain('OK')
      await expect(verify(['-verify_ip', '127.0.0.2'])).rejects.toThrow()
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)

test('a server certificate is valid 397 days, from a day back, and can sign nothing', () => {
  const parsed = new X509Certificate(server.certificatePem)
  expect(parsed.ca).toBe(false)
  expect(Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)).toBe(397 * dayMs)
  expect(Math.abs(Date.parse(parsed.validFrom) - addDays(now, -1))).toBeLessThan(1_000)
  expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
})

test('an authority is valid for ten years and signs no further authority', () => {
  const parsed = new X509Certificate(authority.certificatePem)
  expect(parsed.ca).toBe(true)
  expect(Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)).toBeGreaterThan(3_650 * dayMs)
  expect(parsed.verify(parsed.publicKey)).toBe(true)
})

test('a server certificate does not outlive its authority', async () => {
  const late = addDays(now, 3_600)
  const issued = await issueServerCertificate({ authority, hosts, now: late, random })
  const end = (pem: string) => Date.parse(new X509Certificate(pem).validTo)
  expect(end(issued.certificatePem)).toBe(end(authority.certificatePem))
})

test('two certificates never share a serial number', async () => {
  const again = await issueServerCertificate({ authority, hosts, now, random })
  const serials = [authority, server, again].map(
    ({ certificatePem }) => new X509Certificate(certificatePem).serialNumber,
  )
  expect(new Set(serials).size).toBe(3)
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
})

describe('a certificate is renewed', () => {
  test('not while it has 30 days left, but from then on', () => {
    expect(needsRenewal(server.certificatePem, hosts, now)).toBe(false)
    const end = Date.parse(new X509Certificate(server.certificatePem).validTo)
    expect(needsRenewal(server.certificatePem, hosts, instant(end - 30 * dayMs))).toBe(false)
    expect(needsRenewal(server.certificatePem, hosts, instant(end - 30 * dayMs + 1))).toBe(true)
    expect(needsRenewal(server.certificatePem, hosts, instant(end + dayMs))).toBe(true)
  })

  test('when a host comes or goes, not when the same hosts are spelled or sorted otherwise', () => {
    const pem = server.certificatePem
    const same = ['CONTROL-plane.example', '[::1]', '0:0:0:0:0:0:0:1', '127.0.0.1', 'LOCALHOST']
    expect(needsRenewal(pem, same, now)).toBe(false)
    expect(needsRenewal(pem, [...hosts, '10.0.0.1'], now)).toBe(true)
    expect(needsRenewal(pem, hosts.slice(1), now)).toBe(true)
  })

  test('when the clock stands before its first day, and when it is no certificate', () => {
    expect(needsRenewal(server.certificatePem, hosts, addDays(now, -2))).toBe(true)
    expect(needsRenewal('not a certificate', hosts, now)).toBe(true)
    expect(needsRenewal('', hosts, now)).toBe(true)
  })
})

test('a certificate of a replaced authority is told from one of ours', async () => {
  const other = await createCertificateAuthority({ commonName: 'Reprieve', now, random })
  expect(isIssuedBy(server.certificatePem, authority.certificatePem)).toBe(true)
  expect(isIssuedBy(server.certificatePem, other.certificatePem)).toBe(false)
  expect(isIssuedBy('nothing', authority.certificatePem)).toBe(false)
})

test.each([
  'https://localhost',
  'localhost:8443',
  'a b',
  '',
  'fe80::1%eth0',
  '-x',
  `${'a'.repeat(64)}.b`,
])('the text "%s" is refused as a host, with what to give instead', async (host) => {
  const asked = issueServerCertificate({ authority, hosts: [host], now, random })
  await expect(asked).rejects.toThrow(/neither a DNS name nor an IP address: give the host alone/)
})

test('a certificate without hosts is refused', async () => {
  await expect(issueServerCertificate({ authority, hosts: [], now, random })).rejects.toThrow(
    /at least one host/,
  )
})
