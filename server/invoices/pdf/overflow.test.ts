import { expect, test } from 'vitest'
import { requires } from '../../../tests/requirements.ts'
import type { IssuedDocument } from '../invoice.ts'
import { creditLine, issuedDocument, storageId, usageLine } from './document-fixture.ts'
import { invoicePdf } from './invoice-pdf.ts'
import { left, page, right, top } from './page.ts'
import { type Word, textOf, wordsOf } from './pdf-text-fixture.ts'

const most = 2n ** 63n - 1n
const names = {
  emoji: '🛒🏴‍☠️👨‍👩‍👧 Shop 🇫🇷',
  arabic: 'شركة الأمثلة للتجارة',
  korean: '한국어 상점',
  long: 'W'.repeat(300),
  longWords: 'A name of many words that goes on '.repeat(12),
  chinese: '上海示例零售有限公司（'.repeat(20),
  combining: `e${'\u0301'.repeat(60)} Z\u0351\u036b\u0343a\u0302lgo`,
  halfACharacter: 'broken \ud83d here',
  controls: 'a\u0000b\u001bc\r\nd\te\u2028f',
} as const

for (const [kind, name] of Object.entries(names)) {
  test(`a name stays in its place: ${kind}`, requires('pdftotext'), async () => {
    const party = {
      name,
      address: Array.from({ length: 14 }, () => name),
      country: 'DE',
      taxId: name,
    }
    const line = { subscriptionName: name, resourceId: storageId(name), cost: 12_345n }
    const document = issuedDocument({
      accountName: name,
      seller: party,
      buyer: party,
      lines: [usageLine(line), usageLine({ subscriptionId: 'other', subscriptionName: name })],
    })
    const words = await expectTidy(document)
    expect(words.map(({ text }) => text)).toContain('123.45')
  })
}

test('amounts near 2^63 are whole, exact and in their columns', requires('pdftotext'), async () => {
  for (const language of ['en', 'fr', 'zh'] as const) {
    const document = issuedDocument({
      language,
      currency: 'KWD',
      lines: [
        usageLine({ cost: most, amount: most, unitPrice: '123456789012345678.123456789012345678' }),
        creditLine(-most - 1n),
        usageLine({ subscriptionId: 'other', cost: most }),
      ],
      tax: most,
      total: most,
    })
    await expectTidy(document)
    const digits = textOf(await invoicePdf(document)).replace(/[ ,.]/g, '')
    expect(digits.match(/9223372036854775807/g)?.length).toBeGreaterThanOrEqual(5)
    expect(digits).toContain('-9223372036854775808')
    expect(digits).toContain('123456789012345678123456789012345678')
  }
})

test('what no font has is replaced where all can see it', requires('pdftotext'), async () => {
  const text = textOf(await invoicePdf(issuedDocument({ accountName: 'Shop 한국 🛒 ok' })))
  expect(text).toContain('Shop \u{fffd}\u{fffd} \u{fffd} ok')
})

test('an empty document and names without a letter are drawn', requires('pdftotext'), async () => {
  const nobody = { name: '', address: ['', ' '], country: '??', taxId: null }
  const document = issuedDocument({ lines: [], seller: nobody, buyer: nobody, accountName: ' ' })
  const words = await expectTidy(document)
  expect(words.map(({ text }) => text)).toContain('€0.00')
})

/** Every word lies within the margins, and none on another. */
async function expectTidy(document: IssuedDocument): Promise<readonly Word[]> {
  const words = wordsOf(await invoicePdf(document))
  for (const word of words) {
    expect(word.left, word.text).toBeGreaterThanOrEqual(left - 1)
    expect(word.right, word.text).toBeLessThanOrEqual(right + 1)
    expect(word.top, word.text).toBeGreaterThanOrEqual(top - 10)
    expect(word.bottom, word.text).toBeLessThanOrEqual(page.height - 20)
  }
  const overlaps = words.flatMap((one, index) =>
    words
      .slice(index + 1)
      .filter((other) => lieOnEachOther(one, other))
      .map((other) => [one, other]),
  )
  expect(overlaps).toEqual([])
  return words
}

/** The boxes are as high as a font is at most; letters keep to the middle of them. */
function lieOnEachOther(one: Word, other: Word): boolean {
  const inner = ({ top: start, bottom: end }: Word) => {
    const spare = (end - start) * 0.2
    return [start + spare, end - spare] as const
  }
  const [[oneTop, oneBottom], [otherTop, otherBottom]] = [inner(one), inner(other)]
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left)
  const down = Math.min(oneBottom, otherBottom) - Math.max(oneTop, otherTop)
  return one.page === other.page && across > 1 && down > 0
}
