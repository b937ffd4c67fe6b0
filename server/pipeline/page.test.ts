import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageOf, readPage } from './page.ts'

const link = { publicUrl: 'https://arm.test', path: '/list' }

test('pages of any size hold every item once and in order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ maxLength: 8 })),
      fc.integer({ min: 1, max: 9 }),
      (all, top) => {
        const list = all.toSorted((a, b) => (a < b ? -1 : 1)).filter((key) => !key.includes('\0'))
        const seen: string[] = []
        let query: Record<string, string> = { 'api-version': '1', top: String(top) }
        for (let pages = 0; ; pages += 1) {
          expect(pages).toBeLessThanOrEqual(list.length)
          const page = readPage(query)
          if (!page.accepted) throw new Error(page.refusal.name)
          const after = page.value.after?.[0]
          const rest = list.filter((key) => after === undefined || key > after)
          const read = rest.slice(0, page.value.limit + 1)
          const { rows, nextLink } = pageOf(read, page.value, (key) => [key], { ...link, query })
          seen.push(...rows)
          if (nextLink === null) break
          const next = new URL(nextLink).searchParams
          query = Object.fromEntries(
            [...next].map(([name, value]) => [name.replace('$', ''), value]),
          )
        }
        expect(seen).toEqual(list)
      },
    ),
  )
})

test('any token is read or refused, never a fault', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (text) => {
      const tokens = [text, Buffer.from(text).toString('base64url')]
      for (const skiptoken of tokens) {
        const page = readPage({ skiptoken })
        const isText = page.accepted && page.value.after?.every((part) => typeof part === 'string')
        const isRefused = !page.accepted && page.refusal.name === 'invalidParameter'
        expect(isText || isRefused, skiptoken).toBe(true)
      }
    }),
  )
})
