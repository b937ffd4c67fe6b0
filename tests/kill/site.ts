import { Agent, request as requestOver } from 'undici'
import type { Answer } from '../../api/client-answer.ts'
import { ApiError } from '../../api/client-error.ts'
import { createTokenSource } from '../../api/client-token.ts'
import { createTransport } from '../../api/client-transport.ts'
import type { TestServer } from '../../testing/index.ts'

export type BlobAnswer = {
  readonly status: number
  readonly code: string
  readonly content: Buffer
}

/** A running server as its clients see it. Null: no answer came, so nobody knows what happened. */
export type Site = {
  /**
   * A request to the API. One that is answered with 202 is followed to its end; when that cannot be
   * learned, the answer is the 202.
   */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Answer | null>
  /** A request for blobs, signed in by token. `path`: `/account/container/blob?query`. */
  readonly blob: (method: string, path: string, content?: Buffer) => Promise<BlobAnswer | null>
  /** Told before each request is sent and after each answer: the killer counts them. */
  readonly onStep: (listener: () => void) => void
  readonly close: () => Promise<void>
}

export function siteOf(server: TestServer): Site {
  const agent = new Agent({ connect: { ca: server.ca } })
  const transport = createTransport({ ca: server.ca })
  const tokens = createTokenSource(
    { ...server.credential, origin: server.endpoint },
    { transport, now: () => Date.now() },
  )
  let step = (): void => {}
  return {
    onStep: (listener) => {
      step = listener
    },
    ask: (method, path, body) =>
      orNull(async () => {
        step()
        const first = await server.client.request(method, path, body === undefined ? {} : { body })
        step()
        if (first.status !== 202) return isUnanswered(first.status) ? null : first
        // Accepted: it will be done, even if nobody is left to say when.
        const last = await orNull(() => server.client.follow(first))
        step()
        return last === null || isUnanswered(last.status) ? first : last
      }),
    blob: (method, path, content) =>
      orNull(async () => {
        const { token } = await tokens.get('storage')
        step()
        const answer = await requestOver(new URL(path, server.blobEndpoint), {
          method: method as 'GET',
          dispatcher: agent,
          headers: {
            authorization: `Bearer ${token}`,
            'x-ms-version': '2025-01-05',
            ...(content === undefined ? {} : { 'x-ms-blob-type': 'BlockBlob' }),
          },
          ...(content === undefined ? {} : { body: content }),
        })
        const bytes = Buffer.from(await answer.body.arrayBuffer())
        step()
        if (isUnanswered(answer.statusCode)) return null
        const code = answer.headers['x-ms-error-code']
        return { status: answer.statusCode, code: String(code ?? ''), content: bytes }
      }),
    close: async () => {
      await agent.destroy()
      await transport.close()
    },
  }
}

/** What a client repeats: the server could not say. */
function isUnanswered(status: number): boolean {
  return status >= 500 || status === 429
}

/** A connection that breaks is no answer; any other error is a fault of this program. */
async function orNull<T>(work: () => Promise<T | null>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ApiError && (error.status === 0 || error.status >= 500)) return null
    const { code } = error as { readonly code?: unknown }
    const isLost =
      typeof code === 'string' && /^(UND_ERR|ECONN|EPIPE|ERR_SSL|ERR_STREAM)/.test(code)
    if (isLost) return null
    throw error
  }
}
