import { expect, test } from 'vitest'
import type { Answer } from './client-answer.ts'
import { followAccepted, type Progress } from './client-polling.ts'

/** Answers each look with the next of these; asking more than that is an error. */
function poller(answers: readonly Partial<Answer>[]) {
  const left = [...answers]
  const asked: string[] = []
  const waits: number[] = []
  return {
    asked,
    waits,
    now: () => Date.parse('2026-11-01T00:00:00Z'),
    wait: async (ms: number) => {
      waits.push(ms)
    },
    get: async (url: string): Promise<Answer> => {
      asked.push(url)
      const answer = left.shift()
      if (answer === undefined) throw new Error('asked once too often')
      return { status: 200, headers: {}, body: null, ...answer }
    },
  }
}

function accepted(headers: { readonly [name: string]: string }): Answer {
  return { status: 202, headers, body: null }
}

test('an answer that is no 202 is the end already', async () => {
  const done: Answer = { status: 200, headers: {}, body: 'done' }
  expect(await followAccepted(poller([]), done)).toBe(done)
})

test('a Location is asked until it is no 202, as often as the server says', async () => {
  const polled = poller([
    { status: 202, headers: { 'retry-after': '3' } },
    {
      status: 202,
      headers: { 'retry-after': 'Sun, 01 Nov 2026 00:00:09 GMT', location: '/moved' },
    },
    { status: 204 },
  ])
  const end = await followAccepted(polled, accepted({ location: '/result', 'retry-after': '1' }))
  expect(end.status).toBe(204)
  expect(polled.asked).toEqual(['/result', '/result', '/moved'])
  expect(polled.waits).toEqual([1000, 3000, 9000])
})

test('an Azure-AsyncOperation goes before Location, which then gives the result', async () => {
  const polled = poller([
    { body: { status: 'Running', percentComplete: 40 } },
    { body: { status: 'SUCCEEDED' } },
    { body: { now: 'then' } },
  ])
  const seen: Progress[] = []
  const headers = { 'azure-asyncoperation': '/status', location: '/result' }
  const end = await followAccepted(polled, accepted(headers), (progress) => seen.push(progress))
  expect(end.body).toEqual({ now: 'then' })
  expect(polled.asked).toEqual(['/status', '/status', '/result'])
  expect(seen.map(({ percentComplete }) => percentComplete)).toEqual([40, null])
})

test('without a Location the status itself holds the result', async () => {
  const polled = poller([{ body: { status: 'Succeeded', properties: { a: 1 } } }])
  const end = await followAccepted(polled, accepted({ 'azure-asyncoperation': '/status' }))
  expect(end.body).toEqual({ a: 1 })
})

test.each(['Failed', 'Canceled'])(
  'work that is %s ends with its own code and text',
  async (status) => {
    const error = { code: 'Broken', message: 'It broke.' }
    const polled = poller([{ body: { status, error } }])
    const end = followAccepted(polled, accepted({ 'azure-asyncoperation': '/status' }))
    await expect(end).rejects.toMatchObject({ code: 'Broken', message: 'It broke.' })
  },
)

test('a status in words that nobody knows is still running', async () => {
  const polled = poller([{ body: { status: 'Pondering' } }, { body: { status: 'Succeeded' } }])
  await followAccepted(polled, accepted({ 'azure-asyncoperation': '/status' }))
  expect(polled.asked).toHaveLength(2)
})

test('accepted work without an address to ask at is never taken for done', async () => {
  const end = followAccepted(poller([]), accepted({}))
  await expect(end).rejects.toMatchObject({ code: 'NoPollingAddress' })
})
