import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { type Instant, addMs, hourMs } from '../kernel/instant.ts'

/** How long a link to a PDF works; real time. */
export const downloadLinkMs = hourMs

/** Where the PDFs are fetched without a token: the link itself says who may. */
export const downloadsPath = '/invoiceDocuments'

export type Download = { readonly tenantId: string; readonly name: string }

/** The key that signs links, the same on every node of an installation. */
export function downloadKey(masterKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, '', 'invoice download links', 32))
}

/** The path and query of a link to one document, for whoever has it, until it expires. */
export function signDownload(
  key: Uint8Array,
  { tenantId, name }: Download,
  realNow: Instant,
): { readonly link: string; readonly expiresAt: Instant } {
  const expiresAt = addMs(realNow, downloadLinkMs)
  const signature = signatureOf(key, { tenantId, name }, expiresAt).toString('base64url')
  const query = `expires=${expiresAt}&signature=${signature}`
  return { link: `${downloadsPath}/${tenantId}/${name}.pdf?${query}`, expiresAt }
}

const linkShape = /^\/invoiceDocuments\/([\da-f-]{36})\/([A-Z]{3}\d{8,})\.pdf$/

/** The document that a link opens; null: it was not signed so here, or it has expired. */
export function openDownload(
  key: Uint8Array,
  { pathname, searchParams }: Pick<URL, 'pathname' | 'searchParams'>,
  realNow: Instant,
): Download | null {
  const [, tenantId, name] = linkShape.exec(pathname) ?? []
  const expires = searchParams.get('expires') ?? ''
  if (tenantId === undefined || name === undefined || !/^\d{1,15}$/.test(expires)) return null
  const download = { tenantId, name }
  const expiresAt = Number(expires) as Instant
  const given = Buffer.from(searchParams.get('signature') ?? '', 'base64url')
  const wanted = signatureOf(key, download, expiresAt)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null
  return expiresAt > realNow ? download : null
}

function signatureOf(key: Uint8Array, { tenantId, name }: Download, expiresAt: Instant): Buffer {
  return createHmac('sha256', key).update(`${tenantId}/${name}/${expiresAt}`).digest()
}
