import { type Answer, retryAfterMs } from './client-answer.ts'
import { ApiError, errorOf } from './client-error.ts'

/** How far accepted work is: `percentComplete` when the server says it. */
export type Progress = {
  readonly status: string
  readonly percentComplete: number | null
  readonly properties: unknown
}

/** How polling asks and waits. */
export type Poller = {
  readonly get: (url: string) => Promise<Answer>
  /** Real time, milliseconds since 1970. */
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
}

/** Without a word of the server, so long between two looks. */
const pollingIntervalMs = 1000

/**
 * Follows accepted work to its end by ARM's rules, as the SDKs do: `Azure-AsyncOperation` before
 * `Location`; answers what a call that waited would have got. An answer that is no 202 is the end.
 *
 * @throws ApiError with the code and text of work that failed.
 */
export async function followAccepted(
  poller: Poller,
  accepted: Answer,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Answer> {
  const statusUrl = accepted.headers['azure-asyncoperation']
  const resultUrl = accepted.headers['location']
  if (statusUrl === undefined) {
    return accepted.status === 202 ? followResult(poller, accepted, onProgress) : accepted
  }
  let last = accepted
  for (;;) {
    await poller.wait(retryAfterMs(last.headers, pollingIntervalMs, poller.now()))
    last = await poller.get(statusUrl)
    const progress = progressOf(last.body)
    onProgress(progress)
    const status = progress.status.toLowerCase()
    if (status === 'failed' || status === 'canceled') throw errorOf({ ...last, status: 409 })
    if (status !== 'succeeded') continue
    if (resultUrl === undefined) return { ...last, body: progress.properties }
    return poller.get(resultUrl)
  }
}

/** The Location form: 202 while it runs. */
async function followResult(
  poller: Poller,
  accepted: Answer,
  onProgress: (progress: Progress) => void,
): Promise<Answer> {
  let last = accepted
  while (last.status === 202) {
    const url = last.headers['location'] ?? accepted.headers['location']
    if (url === undefined) {
      // Taking it for done would be a lie: the server says that it is not, and not where to ask.
      const text = 'The server accepted the work without saying where its progress can be read.'
      throw new ApiError({ status: 202, code: 'NoPollingAddress' }, text)
    }
    await poller.wait(retryAfterMs(last.headers, pollingIntervalMs, poller.now()))
    last = await poller.get(url)
    if (last.status === 202) {
      onProgress({ status: 'Running', percentComplete: null, properties: null })
    }
  }
  return last
}

function progressOf(body: unknown): Progress {
  const { status, percentComplete, properties } = (body ?? {}) as {
    readonly status?: unknown
    readonly percentComplete?: unknown
    readonly properties?: unknown
  }
  return {
    status: typeof status === 'string' ? status : 'Running',
    percentComplete: typeof percentComplete === 'number' ? percentComplete : null,
    properties: properties ?? null,
  }
}
