import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { type Database, StartRefused } from '../database/connection.ts'
import { replaceFile } from '../database/durable-writes.ts'
import type { Schema } from '../database/schema.ts'
import { openText, seal } from '../identity/sealing.ts'
import { type SigningKey, createSigningKey } from '../identity/signing-keys.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { type CertificateAndKey, createCertificateAuthority } from '../tls/certificates.ts'

const masterKeyBytes = 32

/** The key that seals all others: 64 hexadecimal digits in a file, made when it is not there. */
export function readMasterKey(
  dataFolder: string,
  keyFile: string | null,
  random: Random,
): Uint8Array {
  const path = keyFile ?? join(dataFolder, 'master.key')
  try {
    return parseMasterKey(path, readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  if (keyFile !== null) {
    throw new StartRefused(
      `The key file ${keyFile} is not there. Restore it, or leave --key-file out to have one made`,
    )
  }
  const key = random.bytes(masterKeyBytes)
  replaceFile(path, `${Buffer.from(key).toString('hex')}\n`)
  return key
}

function parseMasterKey(path: string, text: string): Uint8Array {
  const hex = text.trim()
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex')
  throw new StartRefused(
    `The key file ${path} does not hold 64 hexadecimal digits. Restore it from a backup: what it ` +
      'sealed cannot be read without it',
  )
}

/** What the nodes of an installation share. Made by the first that starts. */
export type InstallationKeys = {
  readonly authority: CertificateAndKey
  readonly signingKeys: readonly SigningKey[]
  /** Signs what one node says to another. */
  readonly nodeKey: Uint8Array
  /** Ed25519, PKCS#8 in PEM: signs where histories end. */
  readonly historyKeyPem: string
}

export async function openInstallationKeys(
  database: Database<Schema>,
  masterKey: Uint8Array,
  realNow: Instant,
  random: Random,
): Promise<InstallationKeys> {
  const keep = (name: string, make: () => Promise<string>): Promise<string> =>
    keepSecret(database, { name, masterKey, realNow, random }, make)
  const authority = await keep('certificate-authority', async () =>
    JSON.stringify(
      await createCertificateAuthority({ commonName: 'Reprieve private CA', now: realNow, random }),
    ),
  )
  const signingKey = await keep('token-signing-key', async () =>
    JSON.stringify(await createSigningKey()),
  )
  const nodeKey = await keep('node-key', async () =>
    Buffer.from(random.bytes(masterKeyBytes)).toString('hex'),
  )
  const historyKeyPem = await keep('history-key', async () =>
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  )
  return {
    historyKeyPem,
    authority: JSON.parse(authority) as CertificateAndKey,
    signingKeys: [JSON.parse(signingKey) as SigningKey],
    nodeKey: Buffer.from(nodeKey, 'hex'),
  }
}

/** The first that stores a name wins; all others read what it stored. */
async function keepSecret(
  database: Database<Schema>,
  secret: {
    readonly name: string
    readonly masterKey: Uint8Array
    readonly realNow: Instant
    readonly random: Random
  },
  make: () => Promise<string>,
): Promise<string> {
  const { name, masterKey, realNow, random } = secret
  const found = await readSealed(database.db, name)
  if (found !== null) return openText(masterKey, name, found)
  const sealed = seal(masterKey, name, await make(), random)
  await database.db
    .insertInto('sealed_keys')
    .values({ name, sealed, created_at: realNow })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  return openText(masterKey, name, (await readSealed(database.db, name)) ?? sealed)
}

async function readSealed(db: Kysely<Schema>, name: string): Promise<string | null> {
  const row = await db
    .selectFrom('sealed_keys')
    .select('sealed')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.sealed ?? null
}
