import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

/** Headers that belong to one connection and never travel on (RFC 9110, section 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * What a client must not say to the servers behind: the method override would turn a read that
 * passed the gate into a write, the others are for the gateway alone to say.
 */
const gatewayOnly = /^(x-http-method.*|x-forwarded-.*|forwarded|x-reprieve-.*|expect)$/

/** The request's headers for the server behind, in order and with repeats. */
export function requestHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  return carry(request, (name) => !gatewayOnly.test(name))
}

/** The answer's headers for the client: all but those of the connection. */
export function responseHeaders(response: IncomingMessage): OutgoingHttpHeaders {
  return carry(response, () => true)
}

function carry(message: IncomingMessage, wanted: (name: string) => boolean): OutgoingHttpHeaders {
  const named = String(message.headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  const carried: Record<string, string | string[]> = {}
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (values === undefined || hopByHop.has(name) || named.includes(name) || !wanted(name))
      continue
    const [only, ...more] = values
    carried[name] = more.length === 0 && only !== undefined ? only : values
  }
  return carried
}
