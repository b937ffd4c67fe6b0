import { type Client, createClient } from '../../api/client.ts'
import { createTransport } from '../../api/client-transport.ts'
import type { Surroundings } from '../command.ts'
import type { Session } from './session.ts'

/** A client of the session's server. Nothing is asked yet. */
export function connect(session: Session, surroundings: Surroundings): Client {
  const { tenantId, clientId, clientSecret, server, ca } = session
  return createClient({
    credential: { origin: server, tenantId, clientId, clientSecret },
    transport: createTransport({ ca: ca ?? undefined }),
    language: languageOf(surroundings.environment),
    now: surroundings.now,
    wait: surroundings.wait,
    newId: surroundings.newId,
  })
}

/** The language of the locale, as `Accept-Language` names it. */
export function languageOf(environment: Surroundings['environment']): string {
  const locale = ['LC_ALL', 'LC_MESSAGES', 'LANG']
    .map((name) => environment[name])
    .find((value) => value !== undefined && value !== '')
  const language = /^([a-z]{2})(_|\.|-|$)/i.exec(locale ?? '')?.[1]
  return language?.toLowerCase() ?? 'en'
}
