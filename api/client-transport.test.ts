import { randomBytes, randomUUID } from 'node:crypto'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { instant } from '../server/kernel/instant.ts'
import {
  type CertificateAndKey,
  createCertificateAuthority,
  issueServerCertificate,
} from '../server/tls/certificates.ts'
import { createTransport } from './client-transport.ts'

const random = { uuid: randomUUID, bytes: (length: number) => randomBytes(length) }
const now = instant(Date.now())
let authority: CertificateAndKey
let port: number
let stop: () => Promise<void>

beforeAll(async () => {
  authority = await createCertificateAuthority({ commonName: 'Reprieve', now, random })
  const hosts = ['localhost']
  const pair = await issueServerCertificate({ authority, hosts, now, random })
  const { certificatePem: cert, privateKeyPem: key } = pair
  const server = createServer({ cert, key }, (request, response) => {
    response.setHeader('X-Method', String(request.method))
    response.end('trusted')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

afterAll(() => stop())

async function get(url: string, ca?: string) {
  const transport = createTransport({ ca })
  try {
    return await transport.send({ method: 'GET', url, headers: {}, body: null })
  } finally {
    await transport.close()
  }
}

test('a server of the private authority that is named is trusted', async () => {
  const answer = await get(`https://localhost:${port}/`, authority.certificatePem)
  expect(answer).toMatchObject({ status: 200, text: 'trusted' })
  expect(answer.headers['x-method']).toBe('GET')
})

test('a server of an authority that nobody named is refused, saying which file to name', async () => {
  const answer = get(`https://localhost:${port}/`)
  await expect(answer).rejects.toMatchObject({ status: 0, code: 'CertificateNotTrusted' })
  await expect(answer).rejects.toThrow(/ca\.pem/)
})

test('a server that is not the one asked for is refused', async () => {
  const answer = get(`https://127.0.0.1:${port}/`, authority.certificatePem)
  await expect(answer).rejects.toMatchObject({ code: 'CertificateNotTrusted' })
  await expect(answer).rejects.toThrow(/for another name/)
})

test('where nothing listens, the error names the address and the way on', async () => {
  const server = createPlainServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: closedPort } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const answer = get(`http://127.0.0.1:${closedPort}/a`)
  await expect(answer).rejects.toMatchObject({ status: 0, code: 'ServerUnreachable' })
  await expect(answer).rejects.toThrow(`Nothing answers at http://127.0.0.1:${closedPort}`)
})
