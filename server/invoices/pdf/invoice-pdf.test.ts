import { expect, test } from 'vitest'
import { languages } from '../../../api/language.ts'
import { requires } from '../../../tests/requirements.ts'
import { meters } from '../../prices/meter.ts'
import { at, creditLine, issuedDocument, storageId, usageLine } from './document-fixture.ts'
import { invoicePdf } from './invoice-pdf.ts'
import { fontsOf, lastColumn, textOf, textOfPages } from './pdf-text-fixture.ts'

const hour = meters['vcpu-hours'].perUnit
const otherSubscription = '7e0bb0a4-9a25-4b0d-8f1c-3b6f2d7f5c02'
const machine = {
  meter: 'vcpu-hours',
  amount: 2_976n * hour,
  unitPrice: '0.0456',
  cost: 13_570_56n,
  resourceId: storageId('shop-vm'),
  subscriptionId: otherSubscription,
  subscriptionName: 'Back office',
} as const
const lines = [usageLine(), usageLine(machine), creditLine(-5_000n)]

const expected = {
  en: [
    'Invoice',
    'INV00000042',
    'November 1, 2026',
    'October 1 – 31, 2026',
    'November 30, 2026',
    'Tax ID: FR40303265045',
    'Subscription: Back office',
    'Stored data: shopfiles',
    'GB-months',
    '2,976',
    '22.71',
    '13,570.56',
    '-50.00',
    'Total for Web shop',
    '-27.29',
    '€13,593.27',
    '-€50.00',
    '€13,543.27',
    'Tax (20%)',
    '€2,708.65',
    '€16,251.92',
    'please pay',
    'Germany',
    'Page 1 of 1',
  ],
  fr: [
    'Facture',
    'INV00000042',
    '1 novembre 2026',
    '1–31 octobre 2026',
    '30 novembre 2026',
    'Identifiant fiscal : FR40303265045',
    'Abonnement : Back office',
    'Données stockées : shopfiles',
    'Go-mois',
    '2 976',
    '22,71',
    '13 570,56',
    '-50,00',
    'Total pour Web shop',
    '-27,29',
    '13 593,27 €',
    '-50,00 €',
    '13 543,27 €',
    'Taxe (20 %)',
    '2 708,65 €',
    '16 251,92 €',
    'veuillez payer',
    'Allemagne',
    'Page 1 sur 1',
  ],
  zh: [
    '账单',
    'INV00000042',
    '2026年11月1日',
    '2026年10月1日至2026年10月31日',
    '2026年11月30日',
    '税号：FR40303265045',
    '订阅：Back office',
    '存储的数据：shopfiles',
    'GB·月',
    '2,976',
    '22.71',
    '13,570.56',
    '-50.00',
    'Web shop 合计',
    '-27.29',
    '€13,593.27',
    '-€50.00',
    '€13,543.27',
    '税 (20%)',
    '€2,708.65',
    '€16,251.92',
    '请最迟于',
    '德国',
    '第 1 页，共 1 页',
  ],
} as const

for (const language of languages) {
  test(`shows number, dates, lines and totals: ${language}`, requires('pdftotext'), async () => {
    const text = textOf(await invoicePdf(issuedDocument({ lines, language })))
    for (const part of expected[language]) expect(text).toContain(part)
    expect(text).not.toContain('TEST')
    expect(text).not.toContain('\u{fffd}')
  })
}

test('embeds a part of each font that it uses', requires('pdftotext'), async () => {
  const pdf = await invoicePdf(issuedDocument({ language: 'zh' }))
  const fonts = fontsOf(pdf)
  expect(fonts).toHaveLength(4)
  for (const font of fonts) expect(font).toEqual({ embedded: true, subset: true })
  expect(pdf.length).toBeLessThan(100_000)
})

test('writes amounts with the coins of their currency', requires('pdftotext'), async () => {
  const lines = [usageLine({ cost: 123_456n, unitPrice: '2.76' })]
  const yen = textOf(await invoicePdf(issuedDocument({ lines, currency: 'JPY' })))
  expect(yen).toContain('¥148,147')
  expect(lastColumn(yen)).toEqual(['123,456'])
  expect(yen).not.toMatch(/123,456\.|148,147\./)
  const dinars = textOf(await invoicePdf(issuedDocument({ lines, currency: 'KWD' })))
  expect(lastColumn(dinars)).toEqual(['123.456'])
})

test('says on every page of a test that it is one', requires('pdftotext'), async () => {
  const lines = Array.from({ length: 60 }, () => usageLine())
  const pages = textOfPages(await invoicePdf(issuedDocument({ lines, test: true })))
  expect(pages.length).toBeGreaterThan(3)
  for (const page of pages) expect(page.replace(/\s/g, '')).toContain('TEST')
  expect(pages[0]).toContain('nobody owes anything')
})

test('a credit note names its invoice and asks for nothing', requires('pdftotext'), async () => {
  const { amount } = usageLine()
  const lines = [
    usageLine({ cost: -2_171n, amount: -amount }),
    // A part of a line that is taken back has no quantity of its own.
    usageLine({ cost: -100n, amount: 0n, unitPrice: null }),
  ]
  const note = { type: 'CreditNote', name: 'CRN00000003', creditFor: 'INV00000042' } as const
  const text = textOf(await invoicePdf(issuedDocument({ lines, ...note })))
  expect(text).toContain('CRN00000003')
  expect(text.replace(/\s+/g, ' ')).toContain('takes back €27.25 of invoice INV00000042.')
  expect(text).toContain('-€27.25')
  expect(text).toMatch(/ -1,234 +0\.0184 +-21\.71\n/)
  expect(text).toMatch(/Stored data: shopfiles +-1\.00\n/)
  expect(text).not.toMatch(/please pay|Due date|December/)
})

test('asks for no payment where credits cover everything', requires('pdftotext'), async () => {
  const lines = [usageLine({ cost: 900n }), creditLine(-900n)]
  const text = textOf(await invoicePdf(issuedDocument({ lines, taxRate: '0' })))
  expect(text).toContain('nothing had to be paid')
  expect(text).toContain('Tax (0%)')
  expect(text).not.toMatch(/please pay|Due date/)
})

test('shows the period of a line that has another one', requires('pdftotext'), async () => {
  const days = { from: at('2026-08-01T00:00:00Z'), to: at('2026-09-01T00:00:00Z') }
  const hours = { from: at('2026-09-03T10:15:00Z'), to: at('2026-09-03T14:00:00Z') }
  const lines = [usageLine(), usageLine(days), usageLine(hours)]
  const text = textOf(await invoicePdf(issuedDocument({ lines, language: 'fr' })))
  expect(text).toContain('1–31 août 2026')
  expect(text).toMatch(/3 septembre 2026.*10:15.*14:00 UTC/)
  expect(text.match(/octobre/g)).toHaveLength(1)
})

test(
  'holds every one of 2,000 lines, on numbered pages with a head',
  requires('pdftotext'),
  async () => {
    const lines = Array.from({ length: 2_000 }, (_, index) =>
      usageLine({
        cost: BigInt(100_000 + index),
        resourceId: storageId(`store${index}`),
        subscriptionName: `Part ${index % 3}`,
        subscriptionId: `${otherSubscription.slice(0, -1)}${index % 3}`,
      }),
    )
    const pages = textOfPages(await invoicePdf(issuedDocument({ lines })))
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`Page ${index + 1} of ${pages.length}`)
      expect(page.match(/Unit price \(EUR\)/g)).toHaveLength(1)
      expect(page).toMatch(/Subscription: Part [012]/)
    }
    const shown = lastColumn(pages.join('\n'))
    const sums = [0, 1, 2].map((part) => lines.filter((_, index) => index % 3 === part))
    for (const { cost } of lines)
      expect(shown).toContain(`1,${String(cost).slice(1, 4)}.${String(cost).slice(4)}`)
    expect(shown).toHaveLength(lines.length + sums.length)
    expect(pages.at(-1)).toContain('Total for Part 2')
    expect(pages.at(-1)).toContain('€2,019,990.00')
  },
)
