// The certificate library is built on tsyringe, which refuses to load before this polyfill.
import 'reflect-metadata'
import { X509Certificate as ParsedCertificate, webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { Fault } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import { addDays, dayMs, type Instant } from '../kernel/instant.ts'
import { canonicalHosts } from './hosts.ts'

/**
 * A certificate and its private key (PKCS#8), both as PEM text. The key is a secret: seal it at
 * rest.
 */
export type CertificateAndKey = {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/**
 * P-256 with SHA-256: the one elliptic curve that OpenSSL, Go, Node and every browser accept, and a
 * thousand times quicker to make than an RSA key.
 */
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const

/** Clients whose clock is behind ours accept the certificate too. */
const backdatedDays = 1
const authorityDays = 3_652
/** 397 days in all is the most that browsers take from any authority (398 is refused). */
const serverDays = 397
const renewWithinDays = 30

/**
 * A private certificate authority: self-signed, for ten years, able to sign servers and no further
 * authority. The key pair comes from the platform's generator; `random` gives the serial number.
 */
export async function createCertificateAuthority(options: {
  readonly commonName: string
  readonly now: Instant
  readonly random: Random
}): Promise<CertificateAndKey> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
  const subjectKey = await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto)
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(options.random),
      name: [{ CN: [options.commonName] }],
      notBefore: new Date(addDays(options.now, -backdatedDays)),
      notAfter: new Date(addDays(options.now, authorityDays)),
      keys,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        subjectKey,
      ],
    },
    webcrypto,
  )
  return exportPair(certificate, keys.privateKey)
}

/**
 * A server certificate for `hosts` (DNS names and IP addresses, at least one), signed by
 * `authority`. It never outlives the authority. Throws a RangeError for a text that is no host.
 */
export async function issueServerCertificate(options: {
  readonly authority: CertificateAndKey
  readonly hosts: readonly string[]
  readonly now: Instant
  readonly random: Random
}): Promise<CertificateAndKey> {
  const { authority, now, random } = options
  const hosts = canonicalHosts(options.hosts)
  const [first] = hosts
  if (first === undefined) throw new RangeError('a server certificate needs at least one host')

  const issuer = new X509Certificate(authority.certificatePem)
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
  const latestEnd = addDays(now, serverDays - backdatedDays)
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(random),
      // The name proper is in the alternative names; clients stopped reading this one long ago.
      subject: [{ CN: [first.value.slice(0, 64)] }],
      issuer: issuer.subjectName,
      notBefore: new Date(addDays(now, -backdatedDays)),
      notAfter: new Date(Math.min(latestEnd, issuer.notAfter.getTime())),
      signingKey: await importSigningKey(authority.privateKeyPem),
      publicKey: keys.publicKey,
      signingAlgorithm,
      extensions: await serverExtensions({ issuer, publicKey: keys.publicKey, hosts }),
    },
    webcrypto,
  )
  return exportPair(certificate, keys.privateKey)
}

/**
 * Whether the server certificate must be issued anew: it is no certificate, has less than 30 days
 * left, is not valid yet, or was issued for other hosts than these.
 */
export function needsRenewal(
  certificatePem: string,
  hosts: readonly string[],
  now: Instant,
): boolean {
  const certificate = parse(certificatePem)
  if (certificate === null) return true
  if (now < certificate.notBefore.getTime()) return true
  if (certificate.notAfter.getTime() - now < renewWithinDays * dayMs) return true

  const issuedFor = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items ?? []
  const has = canonicalHosts(issuedFor.map((name) => name.value))
  return JSON.stringify(has) !== JSON.stringify(canonicalHosts(hosts))
}

/** Whether this authority signed this certificate: false after the authority was replaced. */
export function isIssuedBy(certificatePem: string, authorityPem: string): boolean {
  if (parse(certificatePem) === null || parse(authorityPem) === null) return false
  const authority = new ParsedCertificate(authorityPem)
  const certificate = new ParsedCertificate(certificatePem)
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
}

async function serverExtensions(options: {
  readonly issuer: X509Certificate
  readonly publicKey: webcrypto.CryptoKey
  readonly hosts: ReturnType<typeof canonicalHosts>
}): Promise<Extension[]> {
  const issuerKey = options.issuer.getExtension(SubjectKeyIdentifierExtension)
  if (issuerKey === null) throw new Fault('the authority certificate has no subject key identifier')
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(options.hosts.map(({ type, value }) => ({ type, value }))),
    await SubjectKeyIdentifierExtension.create(options.publicKey, false, webcrypto),
    new AuthorityKeyIdentifierExtension(issuerKey.keyId),
  ]
}

async function importSigningKey(privateKeyPem: string): Promise<webcrypto.CryptoKey> {
  const [der] = PemConverter.decode(privateKeyPem)
  if (der === undefined) throw new Fault('the authority key is not PEM text')
  return webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm, false, ['sign'])
}

async function exportPair(
  certificate: X509Certificate,
  privateKey: webcrypto.CryptoKey,
): Promise<CertificateAndKey> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', privateKey)
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
  }
}

/**
 * 16 unpredictable bytes; the top bit is cleared and the next one set, so that the number is
 * positive and never short.
 */
function serialNumber(random: Random): string {
  const bytes = Uint8Array.from(random.bytes(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

function parse(certificatePem: string): X509Certificate | null {
  try {
    return new X509Certificate(certificatePem)
  } catch {
    return null
  }
}
