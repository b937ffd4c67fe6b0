import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartRefused, messageOf } from '../database/connection.ts'
import { replaceFile } from '../database/durable-writes.ts'
import type { Random } from '../kernel/ids.ts'
import type { Clock } from '../kernel/instant.ts'
import {
  type CertificateAndKey,
  isIssuedBy,
  issueServerCertificate,
  needsRenewal,
} from '../tls/certificates.ts'
import { hostNames } from './addresses.ts'
import type { InstallationKeys } from './keys.ts'
import type { Settings } from './settings.ts'

/** The operator's certificate, or one of the private CA's, kept in the data folder and renewed. */
export async function serverCertificate(
  settings: Settings,
  dataFolder: string,
  { authority }: InstallationKeys,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<CertificateAndKey> {
  if (settings.tlsCertificate !== null || settings.tlsKey !== null) return ownCertificate(settings)
  const path = join(dataFolder, 'server-certificate.json')
  const hosts = hostNames(settings)
  const now = clock.now()
  if (existsSync(path)) {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as CertificateAndKey
    const good =
      isIssuedBy(kept.certificatePem, authority.certificatePem) &&
      !needsRenewal(kept.certificatePem, hosts, now)
    if (good) return kept
  }
  const made = await issueServerCertificate({ authority, hosts, now, random })
  replaceFile(path, JSON.stringify(made))
  return made
}

function ownCertificate({ tlsCertificate, tlsKey }: Settings): CertificateAndKey {
  if (tlsCertificate === null || tlsKey === null) {
    throw new StartRefused('--tls-cert and --tls-key go together: give both, or neither')
  }
  try {
    return {
      certificatePem: readFileSync(tlsCertificate, 'utf8'),
      privateKeyPem: readFileSync(tlsKey, 'utf8'),
    }
  } catch (error) {
    throw new StartRefused(`The TLS certificate or key cannot be read: ${messageOf(error)}`)
  }
}
