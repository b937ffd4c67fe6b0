import { expect } from 'vitest'
import type { Answer } from '../../api/client-answer.ts'
import type { RequestOptions, TestClient } from '../../testing/client.ts'
import { codeOf } from './world-fixture.ts'

/**
 * Sends a request that must be answered so: `'200'`, or with the code of its error
 * `'404 SubscriptionNotFound'`.
 */
export type Ask = <Body = Record<string, unknown>>(
  method: string,
  path: string,
  expected: string,
  options?: RequestOptions,
) => Promise<Answer<Body>>

export function askOf(watched: { readonly client: TestClient }): Ask {
  return async <Body>(method: string, path: string, expected: string, options = {}) => {
    const answer = await watched.client.request<Body>(method, path, options)
    const got = answer.status < 400 || method === 'HEAD' ? '' : ` ${codeOf(answer)}`
    expect(`${answer.status}${got}`, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(
      expected,
    )
    return answer
  }
}
