import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { principalOf } from '../../api/client-token.ts'
import { type Call, type Command, optionOf } from '../command.ts'
import { CommandRefused, UsageError } from '../failure.ts'
import { connect } from './connect.ts'
import {
  defaultServer,
  readSignIn,
  type Session,
  serverOf,
  sessionFile,
  signInFile,
  storeSession,
} from './session.ts'

export const login: Command = {
  name: 'login',
  summary: 'Signs in, and keeps the session for the commands to come',
  options: [
    ['--from <path>', 'Data folder of a server, or its first-sign-in.json (default: ./data)'],
    ['--server <url>', `Address of the server (default: ${defaultServer})`],
    ['--tenant <id>', 'Tenant'],
    ['--client-id <id>', 'Client id of a service principal'],
    ['--client-secret <secret>', 'Its secret; better: REPRIEVE_CLIENT_SECRET'],
    ['--ca <file>', "The authority of the server's certificate, PEM"],
  ],
  run: async (call) => {
    const session = readOptions(call)
    const client = connect(session, call.surroundings)
    try {
      const principal = principalOf(await client.token('management'))
      const file = sessionFile(call.surroundings)
      storeSession(file, session)
      const { server, tenantId, clientId } = session
      return {
        data: { server, tenantId, clientId, principalId: principal, session: file },
        text: `Signed in at ${server} as ${clientId} (tenant ${tenantId}). Kept in ${file}.`,
      }
    } finally {
      await client.close()
    }
  },
}

function readOptions(call: Call): Session {
  const { surroundings } = call
  const named = ['tenant', 'clientId', 'clientSecret'].filter((name) => optionOf(call, name))
  const from = optionOf(call, 'from')
  if (named.length > 0 && from !== null) {
    throw new UsageError('Give either --from, or --tenant, --client-id and a secret.')
  }
  const path = from === null ? signInFile(surroundings) : resolve(surroundings.folder, from)
  if (named.length === 0 && (from !== null || existsSync(path))) {
    const session = readSignIn(path)
    const server = optionOf(call, 'server')
    const ca = readAuthority(call) ?? session.ca
    return { ...session, ca, server: server === null ? session.server : serverOf(server) }
  }
  return fromOptions(call)
}

function fromOptions(call: Call): Session {
  const tenantId = optionOf(call, 'tenant')
  const clientId = optionOf(call, 'clientId')
  const clientSecret =
    optionOf(call, 'clientSecret') ?? call.surroundings.environment['REPRIEVE_CLIENT_SECRET']
  if (tenantId === null || clientId === null || !clientSecret) {
    throw new UsageError(
      'There is no data folder here. Name one with --from, or give --tenant, --client-id and a ' +
        'secret (--client-secret or REPRIEVE_CLIENT_SECRET).',
    )
  }
  const server = serverOf(optionOf(call, 'server') ?? defaultServer)
  const ca = readAuthority(call)
  return { server, tenantId, clientId, clientSecret, ca, billingScope: null, source: 'options' }
}

function readAuthority(call: Call): string | null {
  const file = optionOf(call, 'ca')
  if (file === null) return null
  try {
    return readFileSync(resolve(call.surroundings.folder, file), 'utf8')
  } catch (error) {
    const text = `The authority ${file} cannot be read. Name the file ca.pem of the data folder.`
    throw new CommandRefused(text, { cause: error })
  }
}
