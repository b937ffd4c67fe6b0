import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { StartRefused } from '../database/connection.ts'
import type { CertificateAndKey } from '../tls/certificates.ts'
import type { Ports } from './addresses.ts'
import type { Settings } from './settings.ts'

export type Listeners = {
  readonly http: Server
  readonly https: Server
  readonly blob: Server
  readonly ports: Ports
  /** Takes no new connection, ends idle ones, and waits for requests under way up to the limit. */
  readonly close: (limitMs: number) => Promise<void>
}

/** Opens the three ports. What they answer is attached afterwards, when the addresses are known. */
export async function listen(
  settings: Settings,
  certificate: CertificateAndKey,
): Promise<Listeners> {
  const tls = { cert: certificate.certificatePem, key: certificate.privateKeyPem }
  const http = createServer({ keepAliveTimeout: 30_000 })
  const https = createTlsServer({ ...tls, keepAliveTimeout: 30_000 })
  const blob = createTlsServer({ ...tls, keepAliveTimeout: 30_000 })
  const opened: Server[] = []
  try {
    const ports = {
      http: await open(http, settings.httpPort, settings.host, '--http-port', opened),
      https: await open(https, settings.httpsPort, settings.host, '--https-port', opened),
      blob: await open(blob, settings.blobPort, settings.host, '--blob-port', opened),
    }
    return { http, https, blob, ports, close: (limitMs) => closeAll([http, https, blob], limitMs) }
  } catch (error) {
    for (const server of opened) server.close()
    throw error
  }
}

function open(
  server: Server,
  port: number,
  host: string,
  option: string,
  opened: Server[],
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new StartRefused(
          error.code === 'EADDRINUSE'
            ? `Port ${port} on ${host} is in use. Stop what uses it, or choose another with ` +
                option
            : `Cannot listen on ${host}:${port}: ${error.message}. Choose another port with ` +
                `${option}, or an address of this machine with --host`,
        ),
      )
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      opened.push(server)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

async function closeAll(servers: readonly Server[], limitMs: number): Promise<void> {
  const closed = servers.map(
    (server) => new Promise<void>((resolve) => server.close(() => resolve())),
  )
  for (const server of servers) server.closeIdleConnections()
  const timer = setTimeout(() => {
    for (const server of servers) server.closeAllConnections()
  }, limitMs)
  await Promise.all(closed)
  clearTimeout(timer)
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void
