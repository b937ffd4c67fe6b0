import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { languageOf } from './connect.ts'
import { signInHint } from './hint.ts'
import { findSession, type Session, sessionFile, storeSession } from './session.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-session-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const session: Session = {
  server: 'https://cloud.example.org:8443',
  tenantId: 't',
  clientId: 'c',
  clientSecret: 's',
  ca: 'PEM',
  billingScope: null,
  source: '',
}

function place(environment: { readonly [name: string]: string } = {}) {
  return { environment, folder, home: join(folder, 'home') }
}

/** The folder of a server that has been started once. */
function writeDataFolder(name: string, extra: object = {}): void {
  mkdirSync(join(folder, name))
  const { tenantId, clientId, clientSecret } = session
  const content = { server: 'https://localhost:1', tenantId, clientId, clientSecret, ...extra }
  writeFileSync(join(folder, name, 'first-sign-in.json'), JSON.stringify(content))
}

test('a session is found again, and nobody else can read it', () => {
  const file = sessionFile(place())
  expect(file).toBe(join(folder, 'home', '.config', 'reprieve', 'session.json'))
  storeSession(file, session)
  expect(findSession(place())).toEqual({ ...session, source: file })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700)
})

test('a session file that others could read is replaced by one that they cannot', () => {
  const file = join(folder, 'session.json')
  writeFileSync(file, '{}', { mode: 0o644 })
  storeSession(file, session)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).not.toContain('source')
})

test.each([
  [{ REPRIEVE_CONFIG_DIR: 'mine' }, 'mine/session.json'],
  [{ XDG_CONFIG_HOME: '/etc/settings' }, '/etc/settings/reprieve/session.json'],
  [{ REPRIEVE_CONFIG_DIR: '' }, 'home/.config/reprieve/session.json'],
])('the session of %j is kept in %s', (environment, expected) => {
  const file = sessionFile(place(environment))
  expect(file).toBe(expected.startsWith('/') ? expected : join(folder, expected))
})

test('without a session, the data folder here signs in, with its own authority', () => {
  writeDataFolder('data', { billingScope: '/scope' })
  writeFileSync(join(folder, 'data', 'ca.pem'), 'AUTHORITY')
  expect(findSession(place())).toMatchObject({
    server: 'https://localhost:1',
    clientSecret: 's',
    ca: 'AUTHORITY',
    billingScope: '/scope',
  })
})

test('the address is where the server listens now, not where it did at its first start', () => {
  writeDataFolder('data')
  const listening = JSON.stringify({ publicUrl: 'https://localhost:2' })
  writeFileSync(join(folder, 'data', 'server.json'), listening)
  expect(findSession(place()).server).toBe('https://localhost:2')
})

test('REPRIEVE_DATA names the data folder, as for the server', () => {
  writeDataFolder('elsewhere')
  expect(() => findSession(place())).toThrow(/not signed in.*reprieve login --from/)
  expect(findSession(place({ REPRIEVE_DATA: 'elsewhere' })).tenantId).toBe('t')
})

test('a session goes before a data folder', () => {
  writeDataFolder('data')
  storeSession(sessionFile(place()), session)
  expect(findSession(place()).server).toBe(session.server)
})

test.each(['', 'nonsense', '[]', '{"tenantId":"t"}', '{"tenantId":1,"clientId":2}'])(
  'a session file that holds %j is refused with the way on',
  (text) => {
    const file = sessionFile(place())
    storeSession(file, session)
    writeFileSync(file, text)
    expect(() => findSession(place())).toThrow(/reprieve login/)
  },
)

test('when signing in fails, a session that hides the data folder here is named', () => {
  const failed = { code: 'invalid_client' }
  expect(signInHint(failed, place())).toBeNull()
  storeSession(sessionFile(place()), session)
  expect(signInHint(failed, place())).toContain('--from <data folder>')
  writeDataFolder('data')
  expect(signInHint(failed, place())).toMatch(/data folder is here.*reprieve login$/)
  expect(signInHint({ code: 'SubscriptionNotFound' }, place())).toBeNull()
})

test.each([
  [{ LANG: 'fr_FR.UTF-8' }, 'fr'],
  [{ LC_ALL: 'zh_CN', LANG: 'fr_FR' }, 'zh'],
  [{ LC_ALL: '', LANG: 'de' }, 'de'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{}, 'en'],
])('the locale %j asks for %s', (environment, language) => {
  expect(languageOf(environment)).toBe(language)
})
