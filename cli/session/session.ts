import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Surroundings } from '../command.ts'
import { CommandRefused } from '../failure.ts'

/** Who signs in, and where. */
export type Session = {
  /** Scheme, host and port. */
  readonly server: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  /** The authority of the server's certificate, PEM; null: one that Node trusts by itself. */
  readonly ca: string | null
  /** Where subscriptions are created when nothing else is said. */
  readonly billingScope: string | null
  /** The file that it was read from. */
  readonly source: string
}

export const defaultServer = 'https://localhost:8443'

type Place = Pick<Surroundings, 'environment' | 'folder' | 'home'>

/** `REPRIEVE_CONFIG_DIR`, else the folder that the desktop says is for settings. */
export function sessionFile({ environment, folder, home }: Place): string {
  const own = environment['REPRIEVE_CONFIG_DIR']
  if (own !== undefined && own !== '') return resolve(folder, own, 'session.json')
  const settings = environment['XDG_CONFIG_HOME']
  const base = settings === undefined || settings === '' ? join(home, '.config') : settings
  return join(base, 'reprieve', 'session.json')
}

/** What the first start of a server wrote, on the machine where it runs. */
export function signInFile({ environment, folder }: Place): string {
  const data = environment['REPRIEVE_DATA']
  return resolve(folder, data === undefined || data === '' ? 'data' : data, 'first-sign-in.json')
}

/** The session of `login`, else the first sign-in of a server whose data folder is here. */
export function findSession(place: Place): Session {
  const stored = sessionFile(place)
  if (existsSync(stored)) return parseSession(stored)
  const first = signInFile(place)
  if (existsSync(first)) return readSignIn(first)
  throw new CommandRefused(
    `You are not signed in: there is no session (${stored}) and no data folder here (${first}). ` +
      'Run this where the server was started, or sign in with: ' +
      'npx reprieve login --from <data folder>',
  )
}

/** Reads `first-sign-in.json`, given itself or by its folder, with the `ca.pem` beside it. */
export function readSignIn(path: string): Session {
  if (!existsSync(path)) {
    throw new CommandRefused(`There is no ${path}. Name the data folder of the server.`)
  }
  const file = statSync(path).isDirectory() ? join(path, 'first-sign-in.json') : path
  const ca = join(dirname(file), 'ca.pem')
  const content = readObject(file)
  return {
    ...credentialOf(file, content),
    server: serverOf(listeningAt(dirname(file)) ?? text(content, 'server') ?? defaultServer),
    ca: existsSync(ca) ? readFileSync(ca, 'utf8') : null,
    billingScope: text(content, 'billingScope'),
    source: file,
  }
}

/** Where the server of a data folder listens now: it may have moved since its first start. */
function listeningAt(folder: string): string | null {
  const file = join(folder, 'server.json')
  return existsSync(file) ? text(readObject(file), 'publicUrl') : null
}

/** Keeps a session for the commands to come; readable by its owner alone. */
export function storeSession(file: string, session: Session): void {
  const { source: _source, ...content } = session
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const next = `${file}.next`
  // The mode of a file that exists already would stay as it is.
  rmSync(next, { force: true })
  writeFileSync(next, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(next, file)
}

/** The origin that an address names. */
export function serverOf(address: string): string {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CommandRefused(`'${address}' is no address of a server. Such as ${defaultServer}.`)
  }
  return url.origin
}

function parseSession(file: string): Session {
  const content = readObject(file)
  return {
    ...credentialOf(file, content),
    server: serverOf(text(content, 'server') ?? defaultServer),
    ca: text(content, 'ca'),
    billingScope: text(content, 'billingScope'),
    source: file,
  }
}

type Content = { readonly [name: string]: unknown }

function credentialOf(file: string, content: Content) {
  const [tenantId, clientId, clientSecret] = ['tenantId', 'clientId', 'clientSecret'].map((name) =>
    text(content, name),
  )
  if (!tenantId || !clientId || !clientSecret) {
    throw new CommandRefused(
      `${file} lacks tenantId, clientId or clientSecret. Sign in again: npx reprieve login`,
    )
  }
  return { tenantId, clientId, clientSecret }
}

function readObject(file: string): Content {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandRefused(
      `${file} cannot be read (${why}). Run this as the user who owns it, or sign in again: ` +
        'npx reprieve login --from <data folder>',
      { cause: error },
    )
  }
  return typeof content === 'object' && content !== null ? (content as Content) : {}
}

function text(content: Content, name: string): string | null {
  const value = content[name]
  return typeof value === 'string' && value !== '' ? value : null
}
