import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Client, createClient } from './client.ts'
import { createTransport } from './client-transport.ts'

/** What a server was asked. */
export type Asked = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Reply = {
  readonly status: number
  readonly headers?: { readonly [name: string]: string }
  readonly body?: unknown
}

/** Answers one request; `signIns` counts the tokens that were issued so far. */
export type Script = (asked: Asked, state: { readonly signIns: number }) => Reply

export type ScriptedServer = {
  readonly origin: string
  readonly asked: Asked[]
  /** How long the client was told to wait, in order; it did not wait for real. */
  readonly waits: number[]
  readonly client: Client
  /** What the client takes for the real time. */
  readonly clock: { now: number }
  readonly close: () => Promise<void>
}

export const tokenLifetimeSeconds = 3600

/** A server that answers by a script, with a client of it whose waits take no time. */
export async function startScripted(script: Script): Promise<ScriptedServer> {
  const asked: Asked[] = []
  let signIns = 0
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/'
    const body = await text(request)
    if (path.endsWith('/oauth2/v2.0/token')) {
      signIns += 1
      send(response, tokenReply(body, signIns))
      return
    }
    const call = { method: request.method ?? '', path, headers: request.headers, body }
    asked.push(call)
    send(response, script(call, { signIns }))
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const waits: number[] = []
  const clock = { now: Date.parse('2026-11-01T00:00:00Z') }
  const client = createClient({
    credential: { origin, tenantId: 'tenant', clientId: 'client', clientSecret: 'right' },
    transport: createTransport({}),
    language: 'fr',
    now: () => clock.now,
    wait: async (ms) => {
      waits.push(ms)
    },
    newId: () => `id-${asked.length}`,
  })
  const close = async (): Promise<void> => {
    await client.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { origin, asked, waits, client, clock, close }
}

function tokenReply(form: string, number: number): Reply {
  const { client_secret: secret, scope } = Object.fromEntries(new URLSearchParams(form))
  if (secret !== 'right') {
    const body = { error: 'invalid_client', error_description: 'AADSTS7000215: wrong secret.' }
    return { status: 401, body }
  }
  const token = `token-${number}-${scope?.includes('storage') === true ? 'storage' : 'management'}`
  return { status: 200, body: { access_token: token, expires_in: tokenLifetimeSeconds } }
}

function send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  if (body instanceof Uint8Array) response.end(body)
  else response.end(body === undefined ? '' : JSON.stringify(body))
}
