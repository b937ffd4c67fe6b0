import { expect, test } from 'vitest'
import { genesisHash, hashOfData, hashOfEvent, type PublishedEvent } from '../../api/event-chain.ts'
import { checkHistory } from './check.ts'
import type { StreamHead } from '../../api/signed-heads.ts'
import { checkText } from './verify.ts'

const history = { title: 'Shop', path: '/events', stream: 'subscription/s' }

/** A chain of real hashes. */
function chain(length: number, tenant = 't', stream = history.stream): PublishedEvent[] {
  const events: PublishedEvent[] = []
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const salt = 'ab'
    const data = { number: sequence }
    const event = {
      tenant,
      stream,
      sequence,
      type: 'Happened',
      schemaVersion: 1,
      at: '2026-11-01T00:00:00.000Z',
      recordedAt: '2026-11-01T00:00:00.000Z',
      actor: 'system',
      dataHash: hashOfData(salt, data),
      previousHash: events.at(-1)?.hash ?? genesisHash,
    }
    events.push({ ...event, hash: hashOfEvent(event), data, salt })
  }
  return events
}

async function check(
  events: readonly PublishedEvent[],
  pageSize = 3,
  signed: StreamHead | null = null,
) {
  async function* pages() {
    for (let from = 0; from < events.length; from += pageSize) {
      yield events.slice(from, from + pageSize)
    }
  }
  return checkHistory(history, pages(), () => {}, signed)
}

test('a whole history passes across the borders of its pages, and its head is told', async () => {
  const events = chain(8)
  const found = await check(events)
  expect(found).toMatchObject({ events: 8, sealed: 0, problems: [] })
  expect(found.head).toBe(events.at(-1)?.hash)
  expect(checkText(found)).toBe(`Shop: 8 events, head ${found.head}: whole and unchanged`)
})

test('data that a purge destroyed is counted, and the chain still holds', async () => {
  const events = chain(4).map((event) => ({ ...event, data: null, salt: null }))
  const found = await check(events)
  expect(found).toMatchObject({ sealed: 4, problems: [] })
  expect(checkText(found)).toContain('4 events, the data of 4 destroyed')
})

const forgeries: readonly (readonly [string, (events: PublishedEvent[]) => PublishedEvent[]])[] = [
  ['changed', (events) => events.with(2, { ...events[2]!, actor: 'somebody else' })],
  ['given other data', (events) => events.with(2, { ...events[2]!, data: { number: 99 } })],
  ['cut out at the border of a page', (events) => events.toSpliced(3, 1)],
  ['cut off at the beginning', (events) => events.slice(1)],
  ['put in twice', (events) => events.toSpliced(3, 0, events[2]!)],
  ["replaced by another subscription's", () => chain(5, 't', 'subscription/other')],
  ["continued by another tenant's", (events) => [...events, chain(6, 'u').at(-1)!]],
]

test.each(forgeries)('a history of which an event was %s is told', async (_, forge) => {
  const found = await check(forge(chain(5)))
  expect(found.problems.length).toBeGreaterThan(0)
  expect(checkText(found)).toContain('PROBLEM')
})

test('a history that lost its end, or was written anew, is told by its signed end', async () => {
  const events = chain(6)
  const signed = { stream: history.stream, sequence: 5, hash: events[4]!.hash }
  expect((await check(events, 3, signed)).problems).toEqual([])
  expect((await check(events.slice(0, 5), 3, signed)).problems).toEqual([])
  for (const forged of [events.slice(0, 4), [], chain(6, 'u')]) {
    const problems = (await check(forged, 3, signed)).problems
    expect(problems).toEqual([{ sequence: 5, problem: expect.stringMatching(/sign/) }])
  }
})

test('of many problems the first are told, and how many more there are', () => {
  const problems = Array.from({ length: 25 }, (_, index) => ({ sequence: index, problem: 'bad' }))
  const text = checkText({ title: 'Shop', stream: 's', events: 25, sealed: 0, head: 'h', problems })
  expect(text.split('\n')).toHaveLength(22)
  expect(text).toContain('25 PROBLEMS')
  expect(text).toContain('and 5 more')
})
