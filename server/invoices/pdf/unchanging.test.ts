import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { issuedDocument, usageLine } from './document-fixture.ts'
import { invoicePdf } from './invoice-pdf.ts'

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test('the same document gives the same bytes, whatever was drawn before', async () => {
  const chinese = issuedDocument({ language: 'zh', test: true })
  const french = issuedDocument({ language: 'fr', lines: [usageLine(), usageLine()] })
  const first = digest(await invoicePdf(chinese))
  const [other, again] = await Promise.all([invoicePdf(french), invoicePdf(chinese)])
  expect(digest(again)).toBe(first)
  expect(digest(other)).not.toBe(first)
})

test('the same document gives the same bytes in another process, place and language', async () => {
  const module = (name: string) => JSON.stringify(join(import.meta.dirname, name))
  const program = `
    import { createHash } from 'node:crypto'
    import { invoicePdf } from ${module('invoice-pdf.ts')}
    import { issuedDocument } from ${module('document-fixture.ts')}
    const pdf = await invoicePdf(issuedDocument({ language: 'fr' }))
    process.stdout.write(createHash('sha256').update(pdf).digest('hex'))
  `
  const elsewhere = { ...process.env, TZ: 'Pacific/Auckland', LC_ALL: 'zh_CN.UTF-8' }
  const arguments_ = ['--input-type=module-typescript', '--eval', program]
  const printed = execFileSync(process.execPath, arguments_, { env: elsewhere, encoding: 'utf8' })
  expect(printed).toBe(digest(await invoicePdf(issuedDocument({ language: 'fr' }))))
})

test('its dates and its id come from the document', async () => {
  const pdf = Buffer.from(await invoicePdf(issuedDocument())).toString('latin1')
  const dates = pdf.match(/D:\d{14}Z/g)
  expect(dates).toEqual(['D:20261101000000Z', 'D:20261101000000Z'])
  expect(pdf).toContain('<xmp:CreateDate>2026-11-01T00:00:00Z</xmp:CreateDate>')
  const idOf = (text: string) => /\/ID \[<(\w+)> <\1>\]/.exec(text)?.[1]
  expect(idOf(pdf)).toMatch(/^[0-9a-f]{32}$/)
  const neighbour = issuedDocument({ tenantId: 'e1b9c1a4-2f0e-4f53-8a3e-7d9e6f1b2c3d' })
  const other = Buffer.from(await invoicePdf(neighbour)).toString('latin1')
  expect(idOf(other)).not.toBe(idOf(pdf))
})

test('a name with characters of XML leaves its properties whole', async () => {
  const name = 'Smith & <Sons> ]]>'
  const seller = { ...issuedDocument().seller, name }
  const pdf = Buffer.from(await invoicePdf(issuedDocument({ seller, accountName: name })))
  const [properties = ''] = /<x:xmpmeta[^]*<\/x:xmpmeta>/.exec(pdf.toString('utf8')) ?? []
  expect(properties).toContain('Invoice INV00000042')
  expect(properties).not.toMatch(/&|Sons|]]>/)
})
