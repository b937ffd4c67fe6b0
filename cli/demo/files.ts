/** A file of the demonstration. The content is the same at every time and place. */
export type DemoFile = { readonly name: string; readonly content: string }

/** Twenty readable files of a small tea shop, from a few words to some tens of kilobytes. */
export function shopFiles(): readonly DemoFile[] {
  const orders = [
    { month: '2026-07', count: 60 },
    { month: '2026-08', count: 140 },
    { month: '2026-09', count: 260 },
    { month: '2026-10', count: 400 },
  ]
  return [
    { name: 'readme.txt', content: readme },
    { name: 'opening-hours.txt', content: openingHours },
    { name: 'products.csv', content: productsCsv() },
    { name: 'products.json', content: `${JSON.stringify(products, null, 2)}\n` },
    { name: 'prices-2027.csv', content: nextPricesCsv() },
    { name: 'suppliers.csv', content: suppliersCsv },
    { name: 'customers.csv', content: customersCsv(120) },
    ...orders.map(({ month, count }) => ({
      name: `orders/${month}.csv`,
      content: ordersCsv(month, count),
    })),
    ...[101, 102, 103, 104].map((number) => ({
      name: `invoices/INV-2026-0${number}.txt`,
      content: invoice(number),
    })),
    { name: 'notes/stocktaking.md', content: stocktaking },
    { name: 'notes/ideas.md', content: ideas },
    { name: 'newsletter/october.html', content: newsletter },
    { name: 'newsletter/october-zh.txt', content: newsletterZh },
    { name: 'logs/till-2026-10-31.log', content: tillLog(900) },
  ]
}

/** What was kept in the subscription that is cancelled already: last year's books. */
export function archiveFiles(): readonly DemoFile[] {
  return [
    { name: 'readme.txt', content: archiveReadme },
    { name: 'orders/2025-11.csv', content: ordersCsv('2025-11', 180) },
    { name: 'orders/2025-12.csv', content: ordersCsv('2025-12', 320) },
    { name: 'invoices/INV-2025-0099.txt', content: invoice(99) },
  ]
}

const products = [
  { id: 'T-01', name: 'Assam', origin: 'India', cents: 690 },
  { id: 'T-02', name: 'Darjeeling First Flush', origin: 'India', cents: 1450 },
  { id: 'T-03', name: 'Earl Grey', origin: 'Sri Lanka', cents: 640 },
  { id: 'T-04', name: 'Genmaicha', origin: 'Japan', cents: 820 },
  { id: 'T-05', name: 'Gyokuro', origin: 'Japan', cents: 2290 },
  { id: 'T-06', name: 'Keemun', origin: 'China', cents: 980 },
  { id: 'T-07', name: 'Oolong Tie Guan Yin', origin: 'China', cents: 1320 },
  { id: 'T-08', name: "Pu'er 2018", origin: 'China', cents: 1880 },
  { id: 'T-09', name: 'Rooibos', origin: 'South Africa', cents: 520 },
  { id: 'T-10', name: 'Verbena', origin: 'France', cents: 610 },
] as const

/** A small generator (Park and Miller): the same numbers for the same seed, everywhere. */
function numbers(seed: number): (below: number) => number {
  let state = (seed % 2147483646) + 1
  return (below) => {
    state = (state * 48271) % 2147483647
    return state % below
  }
}

function euros(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

function rows(title: string, count: number, row: (index: number) => string): string {
  return `${[title, ...Array.from({ length: count }, (_, index) => row(index))].join('\n')}\n`
}

function productAt(index: number) {
  return products[index % products.length] ?? products[0]
}

function productsCsv(): string {
  return rows('id,name,origin,price_eur_per_100g', products.length, (index) => {
    const { id, name, origin, cents } = productAt(index)
    return `${id},${name},${origin},${euros(cents)}`
  })
}

function nextPricesCsv(): string {
  return rows('id,price_2026,price_2027', products.length, (index) => {
    const { id, cents } = productAt(index)
    return `${id},${euros(cents)},${euros(Math.round((cents * 104) / 1000) * 10)}`
  })
}

const firstNames = ['Ada', 'Bao', 'Chloe', 'Dario', 'Elif', 'Femi', 'Greta', 'Hugo', 'Ines', 'Jun']
const towns = ['Bremen', 'Lille', 'Porto', 'Gent', 'Graz', 'Turku']

function customersCsv(count: number): string {
  const next = numbers(7)
  return rows('number,name,town,mail', count, (index) => {
    const name = firstNames[next(firstNames.length)] ?? 'Ada'
    const number = 1001 + index
    const mail = `${name.toLowerCase()}.${number}@example.com`
    return `${number},${name},${towns[next(towns.length)] ?? 'Bremen'},${mail}`
  })
}

function ordersCsv(month: string, count: number): string {
  const next = numbers(Number(month.replace('-', '')))
  return rows('order,date,customer,product,grams,total_eur', count, (index) => {
    const day = String(1 + Math.floor((index * 28) / count)).padStart(2, '0')
    const { id, cents } = productAt(next(products.length))
    const grams = 50 * (1 + next(8))
    const order = `${month.replace('-', '')}${String(index + 1).padStart(4, '0')}`
    const total = euros(Math.round((cents * grams) / 100))
    return `${order},${month}-${day},${1001 + next(120)},${id},${grams},${total}`
  })
}

function invoice(number: number): string {
  const next = numbers(number)
  const lines = Array.from({ length: 3 + next(4) }, () => {
    const { name, cents } = productAt(next(products.length))
    const grams = 100 * (1 + next(5))
    return { name, grams, cents: Math.round((cents * grams) / 100) }
  })
  const total = lines.reduce((sum, { cents }) => sum + cents, 0)
  return [
    `INVOICE ${number}`,
    'The Little Tea Shop, 12 Harbour Street, Bremen',
    '',
    ...lines.map(
      ({ name, grams, cents }) =>
        `${name.padEnd(26)}${String(grams).padStart(6)} g${euros(cents).padStart(10)} EUR`,
    ),
    ''.padEnd(48, '-'),
    `${'Total'.padEnd(34)}${euros(total).padStart(10)} EUR`,
    '',
  ].join('\n')
}

function tillLog(count: number): string {
  const next = numbers(20261031)
  const line = (index: number): string => {
    const seconds = 9 * 3600 + Math.floor((index * 9 * 3600) / count)
    const [hour, minute, second] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) =>
      String(Math.floor(part)).padStart(2, '0'),
    )
    const { id } = productAt(next(products.length))
    return `2026-10-31T${hour}:${minute}:${second}Z till=1 sold ${id} ${50 * (1 + next(6))}g`
  }
  return rows('2026-10-31T08:58:00Z till=1 opened', count, line)
}

const readme = `The Little Tea Shop
===================

Everything that the shop runs on: products, prices, customers, orders, invoices.
This storage account belongs to the subscription "Demo shop". Cancel it, and this
file can still be read; try to write beside it, and the write is refused.
`

const archiveReadme = `The Little Tea Shop: books of last year
=======================================

This subscription was cancelled 60 days ago. Nothing in it is charged any more,
all of it can be read until the 90th day, and then it is deleted.
`

const openingHours = `Tuesday to Friday  09:00 - 18:00
Saturday           09:00 - 16:00
Sunday, Monday     closed
`

const suppliersCsv = `name,country,since
Himalaya Estates,India,2011
Uji Growers,Japan,2014
Fujian Tea House,China,2012
Cape Herbs,South Africa,2018
`

const stocktaking = `# Stocktaking, end of September

- Gyokuro: 2.4 kg left, order before November
- Earl Grey: 31 kg, enough until spring
- Pu'er 2018: 9 cakes, two with broken wrappers
`

const ideas = `# Ideas

1. A tasting on the first Saturday of each month.
2. Refill tins: bring your own, five per cent off.
3. Winter blend with verbena and orange peel.
`

const newsletter = `<!doctype html>
<title>October at the Little Tea Shop</title>
<h1>October</h1>
<p>The autumn Darjeeling has arrived. It is lighter than last year's, with a little more fruit.</p>
<p>Open as always, Tuesday to Saturday.</p>
`

const newsletterZh = `小茶馆十月通讯
秋季大吉岭已到货，比去年更清淡，果香更浓。
营业时间照旧：周二至周六。
`
