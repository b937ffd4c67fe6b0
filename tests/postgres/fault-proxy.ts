import { once } from 'node:events'
import { type Socket, createServer, connect } from 'node:net'

/** Stands between a client and its server, and cuts the connection where a test wants it cut. */
export type FaultProxy = {
  readonly url: string
  /** The next message that contains the text is not passed on; the connection is cut instead. */
  readonly cutBefore: (text: string) => void
  /** The next message that contains the text is passed on; its answer is not. */
  readonly cutAfter: (text: string) => void
  readonly close: () => Promise<void>
}

type Fault = { readonly text: string; readonly isPassedOn: boolean }

export async function startFaultProxy(serverUrl: string): Promise<FaultProxy> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let fault: Fault | null = null
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    const cut = (): void => {
      client.destroy()
      upstream.destroy()
    }
    let isAnswerLost = false
    client.on('data', (bytes) => {
      if (fault === null || !bytes.includes(fault.text)) {
        upstream.write(bytes)
        return
      }
      const { isPassedOn } = fault
      fault = null
      if (!isPassedOn) {
        cut()
        return
      }
      isAnswerLost = true
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (isAnswerLost) cut()
      else client.write(bytes)
    })
    client.on('close', cut)
    upstream.on('close', cut)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const url = new URL(serverUrl)
  url.port = String(address.port)
  return {
    url: url.href,
    cutBefore: (text) => {
      fault = { text, isPassedOn: false }
    },
    cutAfter: (text) => {
      fault = { text, isPassedOn: true }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
