import { expect, test } from 'vitest'
import { addMs, parseInstant } from '../kernel/instant.ts'
import { downloadKey, downloadLinkMs, openDownload, signDownload } from './download-link.ts'

const key = downloadKey(new Uint8Array(32).fill(7))
const now = parseInstant('2026-04-01T00:00:00Z') ?? (0 as never)
const document = { tenantId: '11111111-2222-4333-8444-555555555555', name: 'INV00000012' }
const { link, expiresAt } = signDownload(key, document, now)
const urlOf = (text: string) => new URL(text, 'https://localhost')

test('a link opens its document until it expires, and not from then on', () => {
  expect(openDownload(key, urlOf(link), now)).toEqual(document)
  expect(expiresAt).toBe(now + downloadLinkMs)
  expect(openDownload(key, urlOf(link), addMs(expiresAt, -1))).toEqual(document)
  expect(openDownload(key, urlOf(link), expiresAt)).toBeNull()
})

test.each([
  ['another document', link.replace('INV00000012', 'INV00000013')],
  ['another tenant', link.replace('11111111', '11111112')],
  ['a later end', link.replace(/expires=(\d)/, 'expires=9$1')],
  ['no end', link.replace(/expires=\d+&/, '')],
  ['no signature', link.replace(/&signature=.*/, '')],
  ['another signature', link.replace(/signature=.*/, 'signature=AAAA')],
  ['another path', link.replace('/invoiceDocuments/', '/documents/')],
])('a link changed to %s opens nothing', (_what, changed) => {
  expect(changed).not.toBe(link)
  expect(openDownload(key, urlOf(changed), now)).toBeNull()
})

test('a link of another installation opens nothing', () => {
  const other = downloadKey(new Uint8Array(32).fill(8))
  expect(openDownload(other, urlOf(link), now)).toBeNull()
})
